-- One row per line of Meta's ad insights: an account, campaign, ad set or ad in a day or window.
-- format: json
-- columns: date_start, date_stop, spend, [impressions], [account_id], [account_name],
--     [account_currency], [campaign_id], [campaign_name], [adset_id], [adset_name], [ad_id],
--     [ad_name], [objective], [reach], [frequency], [clicks], [inline_link_clicks], [cpc], [cpm],
--     [ctr], [cpp], [actions], [action_values], [cost_per_action_type], [attribution_setting],
--     [quality_ranking], [engagement_rate_ranking], [conversion_rate_ranking],
--     [video_p25_watched_actions], [video_p50_watched_actions], [video_p75_watched_actions],
--     [video_p100_watched_actions], [video_play_actions], [video_thruplay_watched_actions], [age],
--     [gender], [country], [region], [publisher_platform], [platform_position], [device_platform],
--     [impression_device], [optimization_goal], [buying_type]
-- records: data[] | []
-- identity: account_id
-- refuse: access_token
-- partition: account, level, breakdown, period, month, date, line
-- pages: line
-- fresh: 2d
--
-- Every number is text, ids have more digits than a double. A day is of the account's own time zone
-- and is restated for 28 days. It is over when it is over everywhere. A line over many days is a
-- window, mostly a lifetime: it is kept by its days and the day it was taken, since it grows.
-- Answers come in pages, and people capture them one by one or leave some out, so a page owns its
-- own lines only and neither erases nor doubles those of another. An answer that has half or more
-- of the lines of one before it is that one told anew, and what it lacks of its days is gone and
-- told: an ad has no line where it delivered nothing, but also where it was deleted and nobody
-- asked for deleted ones. What is paged carries a token in paging.next, outside the rows.
select
    record->>'account_id' as account_id,
    record->>'account_currency' as currency,
    record->>'campaign_id' as campaign_id,
    record->>'campaign_name' as campaign_name,
    record->>'adset_id' as adset_id,
    record->>'adset_name' as adset_name,
    record->>'ad_id' as ad_id,
    record->>'ad_name' as ad_name,
    record->>'objective' as objective,
    record->>'spend' as spend,
    record->>'impressions' as impressions,
    record->>'reach' as reach,
    record->>'clicks' as clicks,
    record->>'inline_link_clicks' as link_clicks,
    record->'actions' as actions,
    record->>'date_start' as date_start,
    record->>'date_stop' as date_stop,
    case
        when record->>'ad_id' is not null then 'ad'
        when record->>'adset_id' is not null then 'adset'
        when record->>'campaign_id' is not null then 'campaign'
        else 'account'
    end as level,
    case when (record->>'date_start') = (record->>'date_stop') then 'day' else 'window' end as span,
    case
        when (record->>'date_start') = (record->>'date_stop') then 'day'
        else concat_ws('/', record->>'date_start', record->>'date_stop')
    end as period,
    concat_ws(
        ',',
        case when record->>'age' is not null then 'age' end,
        case when record->>'gender' is not null then 'gender' end,
        case when record->>'country' is not null then 'country' end,
        case when record->>'region' is not null then 'region' end,
        case when record->>'publisher_platform' is not null then 'publisher_platform' end,
        case when record->>'platform_position' is not null then 'platform_position' end,
        case when record->>'device_platform' is not null then 'device_platform' end,
        case when record->>'impression_device' is not null then 'impression_device' end
    ) as breakdown,
    concat_ws(
        ' ',
        coalesce(record->>'ad_id', record->>'adset_id', record->>'campaign_id'),
        record->>'age',
        record->>'gender',
        record->>'country',
        record->>'region',
        record->>'publisher_platform',
        record->>'platform_position',
        record->>'device_platform',
        record->>'impression_device'
    ) as line,
    insights_date(record, _as_of) as date,
    month_of(insights_date(record, _as_of)) as month,
    is_running(iso_date(record->>'date_stop'), _as_of) as is_partial,
    case
        when iso_date(record->>'date_start') is null or iso_date(record->>'date_stop') is null
            then 'date_start or date_stop is not a day (YYYY-MM-DD)'
        when not is_money(record->>'spend') then 'spend is not a plain decimal number'
        when not is_count_or_unknown(record->>'impressions')
            then 'impressions is not a whole number'
        when not is_count_or_unknown(record->>'clicks') then 'clicks is not a whole number'
        when not is_count_or_unknown(record->>'reach') then 'reach is not a whole number'
    end as reject_reason
from landing
