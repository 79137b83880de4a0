-- One row per line of a TikTok Ads report, as text.
-- format: json
-- columns: dimensions, metrics
-- records: data.list[]
-- partition: account, level, month, date, line
-- pages: line
-- fresh: 2d
--
-- Reports answer 200 even to what went wrong, and then hold no list. Amounts are decimal text,
-- counts text or numbers, and - is no value. Days are those of the advertiser's time zone. Reports
-- come in pages of up to a thousand lines, and people capture them one by one, so a page owns its
-- own lines only and neither erases nor doubles those of another. A report that has half or more of
-- the lines of one before it is that one told anew: what it lacks of its days is gone, and told.
select
    record->'dimensions'->>'campaign_id' as campaign_id,
    record->'dimensions'->>'adgroup_id' as adgroup_id,
    record->'dimensions'->>'ad_id' as ad_id,
    record->'dimensions'->>'advertiser_id' as advertiser_id,
    record->'metrics'->>'campaign_id' as campaign_of,
    record->'metrics'->>'campaign_name' as campaign_name,
    record->'metrics'->>'adgroup_id' as adgroup_of,
    record->'metrics'->>'adgroup_name' as adgroup_name,
    record->'metrics'->>'ad_name' as ad_name,
    record->'metrics'->>'currency' as currency,
    record->'metrics'->>'spend' as spend,
    record->'metrics'->>'impressions' as impressions,
    record->'metrics'->>'reach' as reach,
    record->'metrics'->>'clicks' as clicks,
    record->'metrics'->>'conversion' as conversions,
    record->'metrics'->>'video_play_actions' as video_plays,
    case
        when record->'dimensions'->>'ad_id' is not null then 'ad'
        when record->'dimensions'->>'adgroup_id' is not null then 'adset'
        when record->'dimensions'->>'campaign_id' is not null then 'campaign'
        else 'account'
    end as level,
    coalesce(
        record->'dimensions'->>'ad_id',
        record->'dimensions'->>'adgroup_id',
        record->'dimensions'->>'campaign_id',
        record->'dimensions'->>'advertiser_id',
        ''
    ) as line,
    iso_date(left(record->'dimensions'->>'stat_time_day', 10)) as date,
    month_of(iso_date(left(record->'dimensions'->>'stat_time_day', 10))) as month,
    iso_date(left(record->'dimensions'->>'stat_time_day', 10)) >= _as_of::date - 1 as is_partial,
    case
        when iso_date(left(record->'dimensions'->>'stat_time_day', 10)) is null
            then 'stat_time_day is not a day'
        when not is_money(record->'metrics'->>'spend') then 'spend is not a plain decimal number'
        when not is_studio_count(record->'metrics'->>'impressions')
            then 'impressions is not a whole number'
        when not is_studio_count(record->'metrics'->>'clicks') then 'clicks is not a whole number'
        when not is_studio_count(record->'metrics'->>'reach') then 'reach is not a whole number'
        when not is_studio_count(record->'metrics'->>'video_play_actions')
            then 'video_play_actions is not a whole number'
    end as reject_reason
from landing
