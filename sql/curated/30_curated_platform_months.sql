-- One row per month, platform and artist (NULL: accounts on days when no one reports by artist).
-- partition: month
-- key: month, platform, artist
-- incremental: required
-- check: streams >= 0 and day_count > 0
-- column month: Month (YYYY-MM).
-- column platform: Platform the streams happened on.
-- column artist: Artist as in the catalog; NULL where only whole accounts are known.
-- column streams: Streams of the month, out of streams_daily: these may be added up.
-- column day_count: Days of the month with a number.
-- column is_partial: Days are missing or not finished.
--
-- Small, and built month by month: what asks about all of history reads this, not every day.
with streams_daily as (
    select month, date, platform, artist, streams, is_partial
    from curated.streams_daily
)

select
    streams_daily.month,
    streams_daily.platform,
    streams_daily.artist,
    sum(streams_daily.streams)::bigint as streams,
    count(distinct streams_daily.date) as day_count,
    bool_or(streams_daily.is_partial)
    or count(distinct streams_daily.date) < day(last_day((streams_daily.month || '-01')::date))
        as is_partial
from streams_daily
group by streams_daily.month, streams_daily.platform, streams_daily.artist
