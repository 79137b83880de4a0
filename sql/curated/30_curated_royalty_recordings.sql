-- One row per reporting month, sale month, account, recording and platform: what statements say.
-- partition: reporting_year, year
-- key: reporting_year, year, reporting_month, sale_month, source, account, isrc, artist, track,
--     platform, store_class
-- incremental: required
-- column reporting_year: Year (YYYY) of reporting_month.
-- column year: Year (YYYY) of sale_month.
-- column reporting_month: Month (YYYY-MM) in which the distributors booked the money.
-- column sale_month: Month (YYYY-MM) of the use.
-- column source: Distributor whose statement says so.
-- column account: Account at the distributor.
-- column isrc: ISRC of the recording; NULL for whole albums.
-- column artist: Artist as in the catalog, or as the distributor writes it.
-- column track: Track as in the catalog, or as the distributor writes it.
-- column platform: Platform the store belongs to; NULL while the store is not mapped.
-- column store_class: streaming, download, social or ads; NULL while the store is not mapped.
-- column streams: Units of sales in stores of class streaming; NULL where there were none.
-- column gross_usd: Money of the lines whose rate is known, adjustments included, in USD.
-- column lines_without_rate: Lines in a currency without a rate: not in gross_usd.
--
-- Small, and built year by year: what asks about recordings in all of history reads this. The files
-- are cut by the year of the use, too: what is built by that reads its own ones only.
with revenue as (
    select
        reporting_year,
        reporting_month,
        sale_month,
        source,
        account,
        isrc,
        artist,
        track,
        platform,
        store_class,
        streams,
        gross_usd,
        lines_without_rate
    from curated.revenue_by_track
)

select
    revenue.reporting_year,
    left(revenue.sale_month, 4) as year,
    revenue.reporting_month,
    revenue.sale_month,
    revenue.source,
    revenue.account,
    revenue.isrc,
    revenue.artist,
    revenue.track,
    revenue.platform,
    revenue.store_class,
    sum(revenue.streams)::bigint as streams,
    sum(revenue.gross_usd)::decimal(38, 12) as gross_usd,
    sum(revenue.lines_without_rate)::bigint as lines_without_rate
from revenue
group by
    revenue.reporting_year,
    revenue.reporting_month,
    revenue.sale_month,
    revenue.source,
    revenue.account,
    revenue.isrc,
    revenue.artist,
    revenue.track,
    revenue.platform,
    revenue.store_class
