-- One row per reporting month and a platform, country, track or distributor: its part of the money.
-- partition: reporting_month
-- key: reporting_month, dimension, part
-- incremental: required
-- column reporting_month: Month (YYYY-MM) in which the distributors booked the money.
-- column dimension: platform, country, track or distributor.
-- column part: The platform, country, ISRC or distributor; NULL where a statement does not tell.
-- column sales_usd: Money of the sales, in USD; NULL if of none the rate is known.
-- column gross_usd: Money of all lines whose rate is known, adjustments included, in USD.
--
-- Each dimension holds all of the money once: add up one, never two.
with royalties as (
    select reporting_month, source, isrc, platform, country, kind, gross_usd
    from curated.royalties
),

parts as (
    select
        reporting_month,
        grouping(platform) as no_platform,
        grouping(country) as no_country,
        grouping(isrc) as no_track,
        platform,
        country,
        isrc,
        source,
        sum(gross_usd) filter (where kind = 'sale') as sales_usd,
        sum(gross_usd) as gross_usd
    from royalties
    group by
        grouping sets (
            (reporting_month, platform),
            (reporting_month, country),
            (reporting_month, isrc),
            (reporting_month, source)
        )
)

select
    parts.reporting_month,
    case
        when parts.no_platform = 0 then 'platform'
        when parts.no_country = 0 then 'country'
        when parts.no_track = 0 then 'track'
        else 'distributor'
    end as dimension,
    case
        when parts.no_platform = 0 then parts.platform
        when parts.no_country = 0 then parts.country
        when parts.no_track = 0 then parts.isrc
        else parts.source
    end as part,
    parts.sales_usd::decimal(38, 12) as sales_usd,
    parts.gross_usd::decimal(38, 12) as gross_usd
from parts
