-- One row per platform and who is counted there, an artist or a whole account: since when.
-- key: platform, artist, source, account
-- column platform: Platform the streams happened on.
-- column artist: Artist as in the catalog, or as reported; NULL for a whole account.
-- column source: Source that reports the whole account; NULL for artists.
-- column account: Account that is reported as a whole; NULL for artists.
-- column first_date: First day anybody reported it.
--
-- From first_date on its number is expected every day; a day without it is only partly covered.
-- The last day is left out on purpose: it moves every night, and streams_daily would with it.
with stream_months as (
    select platform, artist, source, account, first_date
    from curated.stream_months
)

select
    stream_months.platform,
    stream_months.artist,
    case when stream_months.artist is null then stream_months.source end as source,
    case when stream_months.artist is null then stream_months.account end as account,
    min(stream_months.first_date) as first_date
from stream_months
group by
    stream_months.platform,
    stream_months.artist,
    case when stream_months.artist is null then stream_months.source end,
    case when stream_months.artist is null then stream_months.account end
