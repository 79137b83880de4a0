-- One row per ad campaign, its artist or track, and platform: did it bring streams, and pay?
-- key: campaign_key, streams_of, stream_platform
-- check: streams_of in ('artist', 'track')
-- check: verdict in ('more streams', 'fewer streams', 'no difference seen', 'the data cannot tell')
-- check: money_verdict in ('earned more', 'earned less', 'the data cannot tell')
-- check: campaign_days between 0 and 28 and baseline_days between 0 and 28
-- check: extra_revenue_usd between extra_revenue_usd_low and extra_revenue_usd_high
-- export: yes
-- column campaign_key: source/account/ad account/campaign: one text for one campaign; id, else
--     name.
-- column platform: Platform the campaign runs on.
-- column campaign_name: Newest name of the campaign.
-- column artist: Artist it is for; NULL while nothing resolves it.
-- column track: Track it is for; NULL if none is named.
-- column stream_platform: Platform of the streams; NULL where none are known by day.
-- column first_date: First day with spend; NULL if there is none.
-- column campaign_days: Days with spend and known streams, of the first 28: what is compared.
-- column baseline_days: Of the 28 days before the first, those with known streams.
-- column spend_usd: Spend on the campaign_days, USD; NULL if a part of it has no rate.
-- column streams: Streams on the campaign_days.
-- column expected_streams: What the means of the same weekdays of the baseline come to.
-- column extra_streams: streams minus expected_streams.
-- column extra_streams_low: Lower end of the 95 % interval of extra_streams.
-- column extra_streams_high: Upper end of the 95 % interval of extra_streams.
-- column uplift: extra_streams by expected_streams, a fraction of 1; NULL if none were expected.
-- column cost_per_extra_stream_usd: spend_usd by extra_streams, USD; NULL unless there are extra
--     ones.
-- column other_campaigns: Other campaigns of the artist within the baseline or the first 28 days;
--     for a track those of it, or of no track.
-- column change_before: Last 14 days of the baseline against its first 14, a fraction of 1.
-- column was_steady: The 95 % interval of that change holds 0; NULL if it cannot be told.
-- column verdict: more streams, fewer streams, no difference seen, or the data cannot tell.
-- column reason: Why, in words.
-- column streams_of: artist: all of the artist's streams; track: those of the track, part of them.
-- column rate_month: Sale month (YYYY-MM) of usd_per_stream: the newest complete one up to the
--     month of first_date.
-- column usd_per_stream: What a stream paid on the platform, gross, USD (revenue_per_stream); NULL
--     if no such month is known.
-- column extra_revenue_usd: extra_streams times usd_per_stream, USD; negative for fewer streams;
--     NULL as money_reason says.
-- column extra_revenue_usd_low: Lower end of its 95 % interval, USD.
-- column extra_revenue_usd_high: Upper end of its 95 % interval, USD.
-- column revenue_by_spend: extra_revenue_usd by spend_usd; above 1 the campaign has earned its cost
--     on these days; NULL as money_reason says.
-- column revenue_by_spend_low: Lower end of its 95 % interval.
-- column revenue_by_spend_high: Upper end of its 95 % interval.
-- column money_verdict: earned more (than was spent, on this platform alone), earned less, or the
--     data cannot tell.
-- column money_reason: Why, in words.
--
-- Method: daily streams on days with spend against the mean of the same weekday in the 28 days
-- before; Welch's interval (unequal variances, Satterthwaite's degrees of freedom) of the mean
-- difference. Only the first 28 days count: later everything else has changed too. Where another
-- campaign ran, or the same comparison sees a change within the baseline, nobody can say what
-- brought the streams. 'no difference seen' needs an interval of at most 10 % of the expected
-- streams on each side. Days follow each other, so true intervals are wider; a campaign is an
-- observation, no experiment. The spend of a window is spread evenly over its days. A track is
-- known by day only where a platform shows it. Money is gross, before splits, and of these days
-- alone: what a listener brings later is not in it. Its interval is that of the streams; the rate
-- is taken as it stands. Rows overlap: an artist's streams hold the track's, and each row has the
-- spend.
with campaigns as (
    select campaign_key, platform, campaign_name, artist, track
    from curated.campaigns
),

ads as (
    select campaign_key, date, date_end, spend_usd
    from curated.ads_daily
    where spend > 0 and campaign_key is not null
),

streams_daily as (
    select artist, platform as stream_platform, date, streams
    from curated.streams_daily
    where artist is not null and not is_partial
),

track_days as (
    select artist, track, isrc, platform as stream_platform, date, streams
    from curated.track_reported
    where time_window = 'day' and artist is not null and streams is not null and not is_partial
),

rates as (
    select platform as stream_platform, sale_month, usd_per_stream
    from curated.revenue_per_stream
    where is_complete and usd_per_stream is not null
),

-- A title with several recordings is all of them; shown without ISRC as well, it is shown twice.
daily_streams as (
    select 'artist' as streams_of, artist, null as track_key, stream_platform, date, streams
    from streams_daily

    union all

    select
        'track' as streams_of,
        artist,
        name_key(track) as track_key,
        stream_platform,
        date,
        coalesce(sum(streams) filter (where isrc is not null), max(streams))::bigint as streams
    from track_days
    group by artist, name_key(track), stream_platform, date
),

subjects as (
    select campaigns.*, 'artist' as streams_of, name_key(track) as track_key
    from campaigns

    union all

    select campaigns.*, 'track' as streams_of, name_key(track) as track_key
    from campaigns
    where artist is not null and track is not null
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
        subjects.campaign_key,
        subjects.streams_of,
        subjects.artist,
        subjects.track_key,
        min(spent_days.date) as first_date,
        max(spent_days.date) as last_date
    from subjects
    inner join spent_days on subjects.campaign_key = spent_days.campaign_key
    group by subjects.campaign_key, subjects.streams_of, subjects.artist, subjects.track_key
),

others as (
    select started.campaign_key, started.streams_of, count(*)::bigint as other_campaigns
    from started
    inner join started as other
        on started.artist = other.artist
        and other.streams_of = 'artist'
        and started.campaign_key != other.campaign_key
        and other.last_date >= started.first_date - 28
        and other.first_date <= least(started.last_date, started.first_date + 27)
        and (
            started.streams_of = 'artist'
            or other.track_key is null
            or started.track_key = other.track_key
        )
    group by started.campaign_key, started.streams_of
),

days as (
    select
        started.campaign_key,
        started.streams_of,
        daily_streams.stream_platform,
        isodow(daily_streams.date) as weekday,
        daily_streams.date - started.first_date as day,
        daily_streams.streams,
        spent_days.date is not null as is_spent,
        spent_days.spend_usd
    from started
    inner join daily_streams
        on started.artist = daily_streams.artist
        and started.streams_of = daily_streams.streams_of
        and daily_streams.date between started.first_date - 28 and started.first_date + 27
        and (started.streams_of = 'artist' or started.track_key = daily_streams.track_key)
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
        streams_of,
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
    group by campaign_key, streams_of, stream_platform, comparison, weekday
),

compared as (
    select
        campaign_key,
        streams_of,
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
    group by campaign_key, streams_of, stream_platform, comparison
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
        streams_of,
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
    group by campaign_key, streams_of, stream_platform
),

results as (
    select
        subjects.campaign_key,
        subjects.platform,
        subjects.campaign_name,
        subjects.artist,
        subjects.track,
        subjects.streams_of,
        measured.stream_platform,
        started.first_date,
        month_of(started.first_date) as first_month,
        coalesce(measured.campaign_days, 0) as campaign_days,
        coalesce(measured.baseline_days, 0) as baseline_days,
        measured.spend_usd,
        measured.streams,
        measured.expected,
        measured.extra,
        measured.half_width,
        measured.extra - measured.half_width as extra_low,
        measured.extra + measured.half_width as extra_high,
        case when started.first_date is not null then coalesce(others.other_campaigns, 0) end
            as other_campaigns,
        measured.change_before,
        measured.was_steady
    from subjects
    left join started
        on subjects.campaign_key = started.campaign_key
        and subjects.streams_of = started.streams_of
    left join others
        on subjects.campaign_key = others.campaign_key
        and subjects.streams_of = others.streams_of
    left join measured
        on subjects.campaign_key = measured.campaign_key
        and subjects.streams_of = measured.streams_of
),

reasons as (
    select
        *,
        case
            when artist is null then 'nobody knows whose campaign it is'
            when first_date is null then 'it has no spend'
            when stream_platform is null
                then 'no streams of the ' || streams_of || ' are known by day'
            when campaign_days < 7 then 'fewer than 7 days to compare'
            when baseline_days < 21 then 'fewer than 21 known days before it'
            when half_width is null then 'too few days of each weekday before it'
            when other_campaigns > 0
                then 'other campaigns of the ' || streams_of || ' ran then'
            when not was_steady then 'streams were changing before it began'
        end as obstacle,
        extra_low <= 0 and extra_high >= 0 and half_width > 0.1 * expected as is_wide
    from results
),

priced as (
    select
        reasons.*,
        rates.sale_month as rate_month,
        rates.usd_per_stream,
        case when reasons.obstacle is null then rates.usd_per_stream::double end as usd,
        coalesce(
            reasons.obstacle,
            case
                when rates.usd_per_stream is null
                    then 'no complete month up to then tells what a stream pays there'
                when coalesce(reasons.spend_usd, 0) = 0 then 'its spend is not known in USD'
            end
        ) as money_obstacle,
        case when money_obstacle is null then usd / reasons.spend_usd::double end as usd_by_spend
    from reasons
    asof left join rates
        on reasons.stream_platform = rates.stream_platform
        and reasons.first_month >= rates.sale_month
)

select
    priced.campaign_key,
    priced.platform,
    priced.campaign_name,
    priced.artist,
    priced.track,
    priced.stream_platform,
    priced.first_date,
    priced.campaign_days,
    priced.baseline_days,
    priced.spend_usd::decimal(38, 6) as spend_usd,
    priced.streams,
    priced.expected::decimal(24, 6) as expected_streams,
    priced.extra::decimal(24, 6) as extra_streams,
    priced.extra_low::decimal(24, 6) as extra_streams_low,
    priced.extra_high::decimal(24, 6) as extra_streams_high,
    (priced.extra / nullif(priced.expected, 0))::decimal(24, 12) as uplift,
    case when priced.extra > 0 then priced.spend_usd::double / priced.extra end::decimal(24, 12)
        as cost_per_extra_stream_usd,
    priced.other_campaigns,
    priced.change_before::decimal(24, 12) as change_before,
    priced.was_steady,
    case
        when priced.obstacle is not null or priced.is_wide then 'the data cannot tell'
        when priced.extra_low > 0 then 'more streams'
        when priced.extra_high < 0 then 'fewer streams'
        else 'no difference seen'
    end as verdict,
    coalesce(
        priced.obstacle,
        case
            when priced.is_wide then 'days differ too much among themselves'
            else 'the 95 % interval of the extra streams is '
                || case
                    when priced.extra_low > 0 then 'above 0'
                    when priced.extra_high < 0 then 'below 0'
                    else 'around 0, within 10 % of the expected ones'
                end
        end
    ) as reason,
    priced.streams_of,
    priced.rate_month,
    priced.usd_per_stream,
    (priced.extra * priced.usd)::decimal(24, 12) as extra_revenue_usd,
    (priced.extra_low * priced.usd)::decimal(24, 12) as extra_revenue_usd_low,
    (priced.extra_high * priced.usd)::decimal(24, 12) as extra_revenue_usd_high,
    (priced.extra * priced.usd_by_spend)::decimal(24, 12) as revenue_by_spend,
    (priced.extra_low * priced.usd_by_spend)::decimal(24, 12) as revenue_by_spend_low,
    (priced.extra_high * priced.usd_by_spend)::decimal(24, 12) as revenue_by_spend_high,
    case
        when priced.extra_low * priced.usd_by_spend > 1 then 'earned more'
        when priced.extra_high * priced.usd_by_spend < 1 then 'earned less'
        else 'the data cannot tell'
    end as money_verdict,
    coalesce(
        priced.money_obstacle,
        'the 95 % interval of revenue by spend '
        || case
            when priced.extra_low * priced.usd_by_spend > 1 then 'is above 1'
            when priced.extra_high * priced.usd_by_spend < 1 then 'is below 1'
            else 'holds 1'
        end
    ) as money_reason
from priced
