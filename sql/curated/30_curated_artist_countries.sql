-- One row per reporting year, sale month, artist, platform and country: what statements say.
-- partition: reporting_year
-- key: reporting_year, sale_month, artist, platform, country
-- incremental: required
-- column reporting_year: Year (YYYY) in which the distributors booked the money.
-- column sale_month: Month (YYYY-MM) of the use.
-- column artist: Artist as in the catalog, or as the distributor writes it.
-- column platform: Platform the store belongs to; NULL while the store is not mapped.
-- column country: ISO country of the sale; OU is DistroKid's "outside the US".
-- column streams: Units of sales in stores of class streaming; NULL where there were none.
-- column gross_usd: Money of the lines whose rate is known, adjustments included, in USD.
-- column lines_without_rate: Lines in a currency without a rate: not in gross_usd.
--
-- Small, and built year by year: what asks about countries in all of history reads this.
with royalty_countries as (
    select
        reporting_year,
        sale_month,
        artist,
        platform,
        country,
        streams,
        gross_usd,
        lines_without_rate
    from curated.royalty_countries
)

select
    royalty_countries.reporting_year,
    royalty_countries.sale_month,
    royalty_countries.artist,
    royalty_countries.platform,
    royalty_countries.country,
    sum(royalty_countries.streams)::bigint as streams,
    sum(royalty_countries.gross_usd)::decimal(38, 12) as gross_usd,
    sum(royalty_countries.lines_without_rate)::bigint as lines_without_rate
from royalty_countries
group by
    royalty_countries.reporting_year,
    royalty_countries.sale_month,
    royalty_countries.artist,
    royalty_countries.platform,
    royalty_countries.country
