-- One row per week or month, platform and artist, or account where nobody names artists.
-- key: period, period_start, platform, artist, source, account
-- check: is_partial = (day_count < period_days or partial_day_count > 0)
-- check: not is_partial or growth_pct is null
-- export: yes
-- column period: week (Monday to Sunday) or month.
-- column period_start: First day of the period.
-- column platform: Platform the streams happened on.
-- column artist: Artist as in the catalog; NULL where only whole accounts are known.
-- column source: Source that reports the whole account; NULL for artists.
-- column account: Account that is reported as a whole; NULL for artists.
-- column period_days: Days of the period.
-- column day_count: Days of the period with a number.
-- column partial_day_count: Days among them that are not finished or only partly covered.
-- column streams: Streams of the period. Weeks and months hold the same streams: add up one kind.
-- column previous_streams: Streams of the period just before; NULL unless that one was whole.
-- column difference: streams minus previous_streams; NULL unless both periods are whole.
-- column growth_pct: difference in percent of previous_streams; NULL when that is 0 or unknown.
-- column is_partial: A day of the period is missing, unfinished or only partly covered.
with stream_weeks as (
    select
        month,
        week_start,
        platform,
        artist,
        source,
        account,
        streams,
        day_count,
        partial_day_count
    from curated.stream_weeks
),

parts as (
    select *, unnest(['week', 'month']) as period
    from stream_weeks
),

dated as (
    select
        parts.* exclude (month, week_start),
        case when period = 'week' then week_start else (month || '-01')::date end as period_start,
        case
            when period = 'week' then 7
            else day(last_day((month || '-01')::date))
        end::bigint as period_days
    from parts
),

periods as (
    select
        period,
        period_start,
        platform,
        artist,
        source,
        account,
        period_days,
        sum(day_count)::bigint as day_count,
        sum(partial_day_count)::bigint as partial_day_count,
        sum(streams)::bigint as streams,
        sum(day_count) < period_days or sum(partial_day_count) > 0 as is_partial
    from dated
    group by period, period_start, platform, artist, source, account, period_days
),

beside as (
    select
        *,
        lag(period_start + period_days::integer) over earlier = period_start
        and not lag(is_partial) over earlier as is_previous_whole,
        lag(streams) over earlier as streams_before
    from periods
    window earlier as (
        partition by period, platform, artist, source, account
        order by period_start
    )
),

compared as (
    select
        beside.*,
        case when is_previous_whole then streams_before end as previous_streams,
        case when is_previous_whole and not is_partial then streams - streams_before end
            as difference
    from beside
)

select
    compared.period,
    compared.period_start,
    compared.platform,
    compared.artist,
    compared.source,
    compared.account,
    compared.period_days,
    compared.day_count,
    compared.partial_day_count,
    compared.streams,
    compared.previous_streams,
    compared.difference,
    100.0::double * compared.difference / nullif(compared.previous_streams, 0) as growth_pct,
    compared.is_partial
from compared
