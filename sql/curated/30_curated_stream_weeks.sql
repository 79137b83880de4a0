-- One row per month, week of it, platform and artist, or account where nobody names artists.
-- partition: month
-- key: month, week_start, platform, artist, source, account
-- incremental: required
-- check: streams >= 0 and day_count between 1 and 7
-- export: yes
-- column month: Month (YYYY-MM) of the days.
-- column week_start: Monday of the week; a week over the end of a month is in two rows.
-- column platform: Platform the streams happened on.
-- column artist: Artist as in the catalog; NULL where only whole accounts are known.
-- column source: Source that reports the whole account; NULL for artists.
-- column account: Account that is reported as a whole; NULL for artists.
-- column streams: Streams of these days. Every stream is in one row only: these may be added up.
-- column day_count: Days with a number.
-- column partial_day_count: Days that are not finished or only partly covered.
--
-- Small, and built month by month: growth by week and month is added up from it.
with streams_daily as (
    select date, month, platform, artist, source, account, streams, is_partial
    from curated.streams_daily
)

select
    streams_daily.month,
    date_trunc('week', streams_daily.date)::date as week_start,
    streams_daily.platform,
    streams_daily.artist,
    case when streams_daily.artist is null then streams_daily.source end as source,
    streams_daily.account,
    sum(streams_daily.streams)::bigint as streams,
    count(*)::bigint as day_count,
    count(*) filter (where streams_daily.is_partial)::bigint as partial_day_count
from streams_daily
group by
    streams_daily.month,
    date_trunc('week', streams_daily.date),
    streams_daily.platform,
    streams_daily.artist,
    case when streams_daily.artist is null then streams_daily.source end,
    streams_daily.account
