-- One row per ad campaign and platform on which its artist is streamed: did it bring streams?
-- key: campaign_key, stream_platform
-- check: verdict in ('more streams', 'fewer streams', 'no difference seen', 'the data cannot tell')
-- check: campaign_days between 0 and 28 and baseline_days between 0 and 28
-- export: yes
-- column campaign_key: source/account/ad account/campaign: one text for one campaign; id, else
--     name.
-- column platform: Platform the campaign runs on.
-- column campaign_name: Newest name of the campaign.
-- column artist: Artist it is for; NULL while nothing resolves it.
-- column track: Track it is for. Streams are those of the whole artist: no daily ones are by track.
-- column stream_platform: Platform of the streams; NULL where none are known by artist and day.
-- column first_date: First day with spend; NULL if there is none.
-- column campaign_days: Days with spend and known streams, of the first 28: what is compared.
-- column baseline_days: Of the 28 days before the first, those with known streams.
-- column spend_usd: Spend on the campaign_days, USD; NULL if a part of it has no rate.
-- column streams: Streams of the artist on the campaign_days.
-- column expected_streams: What the means of the same weekdays of the baseline come to.
-- column extra_streams: streams minus expected_streams.
-- column extra_streams_low: Lower end of the 95 % interval of extra_streams.
-- column extra_streams_high: Upper end of the 95 % interval of extra_streams.
-- column uplift: extra_streams by expected_streams, a fraction of 1; NULL if none were expected.
-- column cost_per_extra_stream_usd: spend_usd by extra_streams, USD; NULL unless there are extra
--     ones.
-- column other_campaigns: Other campaigns of the artist within the baseline or the first 28 days.
-- column change_before: Last 14 days of the baseline against its first 14, a fraction of 1.
-- column was_steady: The 95 % interval of that change holds 0; NULL if it cannot be told.
-- column verdict: more streams, fewer streams, no difference seen, or the data cannot tell.
-- column reason: Why, in words.
--
-- Method: daily streams on days with spend against the mean of the same weekday in the 28 days
-- before; Welch's interval (unequal variances, Satterthwaite's degrees of freedom) of the mean
-- difference. Only the first 28 days count: later everything else has changed too. Where another
-- campaign ran, or the same comparison sees a change within the baseline, nobody can say what
-- brought the streams. 'no difference seen' needs an interval of at most 10 % of the expected
-- streams on each side. Days follow each other, so true intervals are wider; a campaign is an
-- observation, no experiment. The spend of a window is spread evenly over its days.
with campaigns as (
    select campaign_key, platform, campaign_name, artist, track
    from curated.campaigns
),

ads as (
    select campaign_key, date, date_end, spend_usd
    from curated.ads_daily
    where spend > 0 and campaign_key is not null
),

daily_streams as (
    select artist, platform as stream_platform, date, streams
    from curated.streams_daily
    where artist is not null and not is_partial
),

spent as (
    select
        campaign_key,
        unnest(generate_series(date, date_end, interval 1 day))::date as date,
        (spend_usd::double / (date_end - date + 1))::decimal(18, 6) as spend_usd
    from ads
),

spent_days as (
    select
        campaign_key,
        date,
        case when count(spend_usd) = count(*) then sum(spend_usd) end::decimal(38, 6) as spend_usd
    from spent
    group by campaign_key, date
),

started as (
    select
        campaigns.campaign_key,
        campaigns.artist,
        min(spent_days.date) as first_date,
        max(spent_days.date) as last_date
    from campaigns
    inner join spent_days on campaigns.campaign_key = spent_days.campaign_key
    group by campaigns.campaign_key, campaigns.artist
),

others as (
    select started.campaign_key, count(*)::bigint as other_campaigns
    from started
    inner join started as other
        on started.artist = other.artist
        and started.campaign_key != other.campaign_key
        and other.last_date >= started.first_date - 28
        and other.first_date <= least(started.last_date, started.first_date + 27)
    group by started.campaign_key
),

days as (
    select
        started.campaign_key,
        daily_streams.stream_platform,
        isodow(daily_streams.date) as weekday,
        daily_streams.date - started.first_date as day,
        daily_streams.streams,
        spent_days.date is not null as is_spent,
        spent_days.spend_usd
    from started
    inner join daily_streams
        on started.artist = daily_streams.artist
        and daily_streams.date between started.first_date - 28 and started.first_date + 27
    left join spent_days
        on started.campaign_key = spent_days.campaign_key
        and daily_streams.date = spent_days.date
),

-- Two comparisons: the campaign with its baseline, and the baseline's second half with its first.
sides as (
    select
        days.*,
        kinds.comparison,
        days.day >= if(kinds.comparison = 'campaign', 0, -14) as is_after
    from days
    cross join (select unnest(['campaign', 'before']) as comparison) as kinds
    where days.day < 0 or (kinds.comparison = 'campaign' and days.is_spent)
),

weekdays as (
    select
        campaign_key,
        stream_platform,
        comparison,
        count(*) filter (where not is_after) as base_days,
        sum(streams) filter (where not is_after)::double as base_sum,
        sum(streams * streams) filter (where not is_after)::double as base_squares,
        count(*) filter (where is_after) as after_days,
        coalesce(sum(streams) filter (where is_after), 0)::double as after_sum,
        coalesce(sum(streams * streams) filter (where is_after), 0)::double as after_squares,
        count(spend_usd) filter (where is_after) as priced_days,
        sum(spend_usd) filter (where is_after) as spend_usd,
        base_sum / base_days as base_mean
    from sides
    group by campaign_key, stream_platform, comparison, weekday
),

compared as (
    select
        campaign_key,
        stream_platform,
        comparison,
        sum(base_days)::bigint as base_days,
        sum(after_days)::bigint as after_days,
        sum(after_sum)::bigint as streams,
        case when sum(priced_days) = sum(after_days) then sum(spend_usd) end as spend_usd,
        bool_and(base_days > 0 or after_days = 0) as is_every_weekday_known,
        sum((after_days * base_mean)::decimal(38, 9))::double as expected,
        sum((after_sum - after_days * base_mean)::decimal(38, 9))::double as extra,
        sum(
            (
                after_squares - 2 * base_mean * after_sum + after_days * base_mean ** 2
            )::decimal(38, 9)
        )::double as extra_squares,
        sum(greatest(base_squares - base_sum * base_mean, 0)::decimal(38, 9))::double as base_rest,
        (sum(base_days) - count(*) filter (where base_days > 0))::double as base_freedom,
        sum((after_days ** 2 / nullif(base_days, 0))::decimal(38, 9))::double as base_weight
    from weekdays
    group by campaign_key, stream_platform, comparison
),

-- Variances of the sum of the differences: of the days compared, and of the expectation.
variances as (
    select
        *,
        case
            when after_days > 1
                then greatest(extra_squares - extra ** 2 / after_days, 0)
                    / (after_days - 1) * after_days
        end as after_variance,
        case when base_freedom > 0 then base_rest / base_freedom * base_weight end
            as base_variance
    from compared
),

freedoms as (
    select
        *,
        after_variance + base_variance as variance,
        (after_variance + base_variance) ** 2
        / nullif(
            after_variance ** 2 / (after_days - 1) + base_variance ** 2 / base_freedom,
            0
        ) as freedom
    from variances
),

intervals as (
    select
        *,
        case when variance = 0 then 0 else t_95(freedom) * sqrt(variance) end as half_width
    from freedoms
),

measured as (
    select
        campaign_key,
        stream_platform,
        max(after_days) filter (where comparison = 'campaign') as campaign_days,
        max(base_days) filter (where comparison = 'campaign') as baseline_days,
        max(spend_usd) filter (where comparison = 'campaign') as spend_usd,
        max(streams) filter (where comparison = 'campaign') as streams,
        max(expected) filter (where comparison = 'campaign' and is_every_weekday_known)
            as expected,
        max(extra) filter (where comparison = 'campaign' and is_every_weekday_known) as extra,
        max(half_width) filter (where comparison = 'campaign' and is_every_weekday_known)
            as half_width,
        max(extra / nullif(expected, 0)) filter (
            where comparison = 'before' and is_every_weekday_known
        ) as change_before,
        bool_and(abs(extra) <= half_width) filter (
            where comparison = 'before' and is_every_weekday_known
        ) as was_steady
    from intervals
    group by campaign_key, stream_platform
),

results as (
    select
        campaigns.campaign_key,
        campaigns.platform,
        campaigns.campaign_name,
        campaigns.artist,
        campaigns.track,
        measured.stream_platform,
        started.first_date,
        coalesce(measured.campaign_days, 0) as campaign_days,
        coalesce(measured.baseline_days, 0) as baseline_days,
        measured.spend_usd,
        measured.streams,
        measured.expected,
        measured.extra,
        measured.half_width,
        case when started.first_date is not null then coalesce(others.other_campaigns, 0) end
            as other_campaigns,
        measured.change_before,
        measured.was_steady
    from campaigns
    left join started on campaigns.campaign_key = started.campaign_key
    left join others on campaigns.campaign_key = others.campaign_key
    left join measured on campaigns.campaign_key = measured.campaign_key
),

reasons as (
    select
        *,
        case
            when artist is null then 'nobody knows whose campaign it is'
            when first_date is null then 'it has no spend'
            when stream_platform is null then 'no streams of the artist are known by day'
            when campaign_days < 7 then 'fewer than 7 days to compare'
            when baseline_days < 21 then 'fewer than 21 known days before it'
            when half_width is null then 'too few days of each weekday before it'
            when other_campaigns > 0 then 'other campaigns of the artist ran then'
            when not was_steady then 'streams were changing before it began'
            when extra - half_width <= 0
                and extra + half_width >= 0
                and half_width > 0.1 * expected then 'days differ too much among themselves'
        end as obstacle
    from results
)

select
    reasons.campaign_key,
    reasons.platform,
    reasons.campaign_name,
    reasons.artist,
    reasons.track,
    reasons.stream_platform,
    reasons.first_date,
    reasons.campaign_days,
    reasons.baseline_days,
    reasons.spend_usd::decimal(38, 6) as spend_usd,
    reasons.streams,
    reasons.expected::decimal(24, 6) as expected_streams,
    reasons.extra::decimal(24, 6) as extra_streams,
    (reasons.extra - reasons.half_width)::decimal(24, 6) as extra_streams_low,
    (reasons.extra + reasons.half_width)::decimal(24, 6) as extra_streams_high,
    (reasons.extra / nullif(reasons.expected, 0))::decimal(24, 12) as uplift,
    case when reasons.extra > 0 then reasons.spend_usd::double / reasons.extra end::decimal(24, 12)
        as cost_per_extra_stream_usd,
    reasons.other_campaigns,
    reasons.change_before::decimal(24, 12) as change_before,
    reasons.was_steady,
    case
        when reasons.obstacle is not null then 'the data cannot tell'
        when reasons.extra - reasons.half_width > 0 then 'more streams'
        when reasons.extra + reasons.half_width < 0 then 'fewer streams'
        else 'no difference seen'
    end as verdict,
    coalesce(
        reasons.obstacle,
        'the 95 % interval of the extra streams is '
        || case
            when reasons.extra - reasons.half_width > 0 then 'above 0'
            when reasons.extra + reasons.half_width < 0 then 'below 0'
            else 'around 0, within 10 % of the expected ones'
        end
    ) as reason
from reasons
