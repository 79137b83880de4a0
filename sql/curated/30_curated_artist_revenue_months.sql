-- One row per reporting month, sale month, distributor, artist and platform: the money.
-- partition: reporting_year
-- key: reporting_year, reporting_month, sale_month, source, artist, platform
-- incremental: required
-- column reporting_year: Year (YYYY) of reporting_month.
-- column reporting_month: Month (YYYY-MM) in which the distributor booked the money.
-- column sale_month: Month (YYYY-MM) of the use.
-- column source: Distributor.
-- column artist: Artist as in the catalog, or as the distributor writes it.
-- column platform: Platform; NULL while the store is not mapped.
-- column gross_usd: Money of the lines whose rate is known, adjustments included, in USD, exact.
-- column lines_without_rate: Lines in a currency without a rate: their money is not in gross_usd.
--
-- Small, and built year by year: what looks across sale months reads this.
with revenue as (
    select
        reporting_year,
        reporting_month,
        sale_month,
        source,
        artist,
        platform,
        gross_usd,
        lines_without_rate
    from curated.revenue_by_track
)

select
    revenue.reporting_year,
    revenue.reporting_month,
    revenue.sale_month,
    revenue.source,
    revenue.artist,
    revenue.platform,
    coalesce(sum(revenue.gross_usd), 0)::decimal(38, 12) as gross_usd,
    sum(revenue.lines_without_rate)::bigint as lines_without_rate
from revenue
group by
    revenue.reporting_year,
    revenue.reporting_month,
    revenue.sale_month,
    revenue.source,
    revenue.artist,
    revenue.platform
