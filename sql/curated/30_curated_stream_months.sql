-- One row per month, platform, reporter account and artist (NULL: the whole account).
-- partition: month
-- key: month, platform, reporter, source, account, artist
-- column month: Month (YYYY-MM).
-- column platform: Platform the streams happened on.
-- column reporter: Who counted.
-- column source: Source the report was taken from.
-- column account: Account the report was taken from.
-- column artist: Artist as in the catalog, or as reported; NULL for a whole account.
-- column is_artist_known: The catalog resolves the artist; NULL for a whole account.
-- column streams: Streams of the month by this reporter; reporters overlap: never add this up.
-- column first_date: First day reported in the month.
-- column last_date: Last day reported in the month.
-- column day_count: Days reported in the month.
--
-- Small, and built month by month: what asks about all of history reads this, not every day.
with reported as (
    select
        month,
        date,
        platform,
        reporter,
        source,
        account,
        artist,
        is_artist_known,
        streams
    from curated.streams_reported
)

select
    reported.month,
    reported.platform,
    reported.reporter,
    reported.source,
    reported.account,
    reported.artist,
    reported.is_artist_known,
    sum(reported.streams)::bigint as streams,
    min(reported.date) as first_date,
    max(reported.date) as last_date,
    count(distinct reported.date)::bigint as day_count
from reported
group by
    reported.month,
    reported.platform,
    reported.reporter,
    reported.source,
    reported.account,
    reported.artist,
    reported.is_artist_known
