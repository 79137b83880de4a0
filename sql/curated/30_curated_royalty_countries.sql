-- One row per reporting month, sale month, distributor, artist, platform and country: the money.
-- partition: reporting_year, reporting_month
-- key: reporting_year, reporting_month, sale_month, source, artist, platform, country
-- incremental: required
-- column reporting_year: Year (YYYY) of reporting_month.
-- column reporting_month: Month (YYYY-MM) in which the distributor booked the money.
-- column sale_month: Month (YYYY-MM) of the use.
-- column source: Distributor whose statement says so.
-- column artist: Artist as in the catalog, or as the distributor writes it.
-- column platform: Platform the store belongs to; NULL while the store is not mapped.
-- column country: ISO country of the sale; OU is DistroKid's "outside the US".
-- column streams: Units of sales in stores of class streaming; NULL where there were none.
-- column sales_usd: Money of the sales whose rate is known, in USD; NULL if of none.
-- column gross_usd: Money of the lines whose rate is known, adjustments included, in USD.
-- column lines_without_rate: Lines in a currency without a rate: not in gross_usd.
--
-- Small, and built month by month; artist_countries adds it up by year.
with royalties as (
    select
        reporting_month,
        sale_month,
        source,
        kind,
        artist,
        platform,
        country,
        streams,
        gross_usd,
        line_count
    from curated.royalties
)

select
    left(royalties.reporting_month, 4) as reporting_year,
    royalties.reporting_month,
    royalties.sale_month,
    royalties.source,
    royalties.artist,
    royalties.platform,
    royalties.country,
    sum(royalties.streams)::bigint as streams,
    (sum(royalties.gross_usd) filter (where royalties.kind = 'sale'))::decimal(38, 12) as sales_usd,
    sum(royalties.gross_usd)::decimal(38, 12) as gross_usd,
    coalesce(sum(royalties.line_count) filter (where royalties.gross_usd is null), 0)::bigint
        as lines_without_rate
from royalties
group by
    royalties.reporting_month,
    royalties.sale_month,
    royalties.source,
    royalties.artist,
    royalties.platform,
    royalties.country
