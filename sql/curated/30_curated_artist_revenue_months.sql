-- One row per reporting month, sale month, distributor, artist and platform: the money.
-- partition: reporting_month
-- key: reporting_month, sale_month, source, artist, platform
-- incremental: required
-- column reporting_month: Month (YYYY-MM) in which the distributor booked the money.
-- column sale_month: Month (YYYY-MM) of the use.
-- column source: Distributor.
-- column artist: Artist as in the catalog, or as the distributor writes it.
-- column platform: Platform; NULL while the store is not mapped.
-- column gross_usd: Money of the lines whose rate is known, adjustments included, in USD, exact.
-- column lines_without_rate: Lines in a currency without a rate: their money is not in gross_usd.
--
-- Small, and built month by month: what looks across sale months reads this.
with royalties as (
    select
        reporting_month,
        sale_month,
        source,
        artist,
        platform,
        gross_usd,
        line_count
    from curated.royalties
)

select
    royalties.reporting_month,
    royalties.sale_month,
    royalties.source,
    royalties.artist,
    royalties.platform,
    coalesce(sum(royalties.gross_usd), 0)::decimal(38, 12) as gross_usd,
    coalesce(sum(royalties.line_count) filter (where royalties.gross_usd is null), 0)::bigint
        as lines_without_rate
from royalties
group by
    royalties.reporting_month,
    royalties.sale_month,
    royalties.source,
    royalties.artist,
    royalties.platform
