-- One row per reporting month and a platform, country, track or distributor: its part of the money.
-- partition: reporting_year
-- key: reporting_year, reporting_month, dimension, part
-- incremental: required
-- column reporting_year: Year (YYYY) of reporting_month.
-- column reporting_month: Month (YYYY-MM) in which the distributors booked the money.
-- column dimension: platform, country, track or distributor.
-- column part: The platform, country, ISRC or distributor; NULL where a statement does not tell.
-- column sales_usd: Money of the sales, in USD; NULL if of none the rate is known.
-- column gross_usd: Money of all lines whose rate is known, adjustments included, in USD.
--
-- Each dimension holds all of the money once: add up one, never two.
with revenue as (
    select reporting_year, reporting_month, source, isrc, platform, sales_usd, gross_usd
    from curated.revenue_by_track
),

royalty_countries as (
    select reporting_year, reporting_month, country, sales_usd, gross_usd
    from curated.royalty_countries
),

parts as (
    select
        reporting_year,
        reporting_month,
        case
            when grouping(platform) = 0 then 'platform'
            when grouping(isrc) = 0 then 'track'
            else 'distributor'
        end as dimension,
        case
            when grouping(platform) = 0 then platform
            when grouping(isrc) = 0 then isrc
            else source
        end as part,
        sum(sales_usd) as sales_usd,
        sum(gross_usd) as gross_usd
    from revenue
    group by
        grouping sets (
            (reporting_year, reporting_month, platform),
            (reporting_year, reporting_month, isrc),
            (reporting_year, reporting_month, source)
        )

    union all

    select
        reporting_year,
        reporting_month,
        'country' as dimension,
        country as part,
        sum(sales_usd) as sales_usd,
        sum(gross_usd) as gross_usd
    from royalty_countries
    group by reporting_year, reporting_month, country
)

select
    parts.reporting_year,
    parts.reporting_month,
    parts.dimension,
    parts.part,
    parts.sales_usd::decimal(38, 12) as sales_usd,
    parts.gross_usd::decimal(38, 12) as gross_usd
from parts
