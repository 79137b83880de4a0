-- One row per day, platform and reporter: its total beside what streams_daily believes.
-- partition: month
-- key: month, date, platform, reporter
-- export: yes
-- column date: Day of the streams.
-- column month: Month (YYYY-MM) of the day.
-- column platform: Platform the streams happened on.
-- column reporter: Who counted.
-- column artist_count: Artists this reporter named on the day; 0 when it speaks of whole accounts.
-- column streams: Streams of the day by this reporter, over all its artists or accounts; never add
--     those of reporters.
-- column believed_streams: Streams of the day in streams_daily, over all rows of the platform.
-- column difference: streams minus believed_streams.
-- column difference_pct: difference in percent of believed_streams; NULL when those are 0.
-- column is_partial: Reporter or streams_daily is not finished: a difference proves nothing yet.
-- column verdict: agrees, over 10 % or over 15 % off; cannot tell when partial or at no streams.
--
-- An estimate and a count never agree to the unit; what matters is a reporter that walks away.
-- Accounts have different catalogues, each a part of what is believed. So the verdict on a reporter
-- of accounts is that on all accounts of the day together; difference is the reporter's own.
with reported as (
    select date, month, platform, artist, source, account, reporter, streams, is_partial
    from curated.streams_reported
),

believed as (
    select date, month, platform, streams, is_partial
    from curated.streams_daily
),

seen_once as (
    select
        date,
        month,
        platform,
        reporter,
        artist,
        case when artist is null then source end as source,
        case when artist is null then account end as account,
        max(streams) as streams,
        bool_and(is_partial) as is_partial
    from reported
    group by
        date,
        month,
        platform,
        reporter,
        artist,
        case when artist is null then source end,
        case when artist is null then account end
),

counted as (
    select
        *,
        artist is null
        and row_number() over (
            partition by month, date, platform, artist, source, account
            order by streams desc, reporter
        ) = 1 as is_counted
    from seen_once
),

reporter_totals as (
    select
        date,
        month,
        platform,
        reporter,
        count(artist)::bigint as artist_count,
        sum(streams)::bigint as streams,
        sum(streams) filter (where is_counted) as counted_streams,
        bool_or(is_partial) as is_partial
    from counted
    group by date, month, platform, reporter
),

reporter_days as (
    select
        *,
        case
            when artist_count > 0 then streams
            else sum(counted_streams) over (partition by month, date, platform)
        end as judged_streams,
        case
            when artist_count > 0 then is_partial
            else bool_or(is_partial and artist_count = 0) over (partition by month, date, platform)
        end as is_judged_partial
    from reporter_totals
),

believed_days as (
    select
        date,
        month,
        platform,
        sum(streams)::bigint as streams,
        bool_or(is_partial) as is_partial
    from believed
    group by date, month, platform
)

select
    reporter_days.date,
    reporter_days.month,
    reporter_days.platform,
    reporter_days.reporter,
    reporter_days.artist_count,
    reporter_days.streams,
    believed_days.streams as believed_streams,
    reporter_days.streams - believed_days.streams as difference,
    100.0::double * (reporter_days.streams - believed_days.streams)
    / nullif(believed_days.streams, 0) as difference_pct,
    reporter_days.is_partial or believed_days.is_partial as is_partial,
    case
        when reporter_days.is_judged_partial
            or believed_days.is_partial
            or believed_days.streams = 0
            then 'cannot tell'
        when 100 * abs(reporter_days.judged_streams - believed_days.streams)
            > 15 * believed_days.streams
            then 'over 15 %'
        when 100 * abs(reporter_days.judged_streams - believed_days.streams)
            > 10 * believed_days.streams
            then 'over 10 %'
        else 'agrees'
    end as verdict
from reporter_days
inner join believed_days
    on reporter_days.month = believed_days.month
    and reporter_days.date = believed_days.date
    and reporter_days.platform = believed_days.platform
