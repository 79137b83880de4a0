-- One row per month, platform and artist; or per account, for days when no one reports by artist.
-- partition: month
-- key: month, platform, artist, source, account
-- incremental: required
-- check: streams >= 0
-- column month: Month (YYYY-MM).
-- column platform: Platform the streams happened on.
-- column artist: Artist as in the catalog; NULL where only whole accounts are known.
-- column source: Distributor that reports the whole account; NULL for artists.
-- column account: Account that is reported as a whole; NULL for artists.
-- column streams: Streams of the month, of streams_daily.
-- column day_count: Days with a number.
-- column is_partial: A day is missing or only partly known.
--
-- Small, and built month by month: what sets money against streams reads this.
with streams_daily as (
    select month, date, platform, artist, source, account, streams, is_partial
    from curated.streams_daily
)

select
    streams_daily.month,
    streams_daily.platform,
    streams_daily.artist,
    case when streams_daily.artist is null then streams_daily.source end as source,
    streams_daily.account,
    sum(streams_daily.streams)::bigint as streams,
    count(distinct streams_daily.date)::bigint as day_count,
    bool_or(streams_daily.is_partial)
    or count(distinct streams_daily.date) < day(last_day(max(streams_daily.date))) as is_partial
from streams_daily
group by
    streams_daily.month,
    streams_daily.platform,
    streams_daily.artist,
    case when streams_daily.artist is null then streams_daily.source end,
    streams_daily.account
