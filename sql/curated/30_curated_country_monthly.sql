-- One row per sale month, country and platform: streams and money, from statements.
-- key: month, country, platform
-- check: coalesce(streams, 0) >= 0
-- check: stream_share is null or stream_share between 0 and 1
-- export: yes
-- column month: Month (YYYY-MM) of the use.
-- column country: ISO country of the sale; OU is DistroKid's "outside the US"; NULL if not told.
-- column platform: Platform the store belongs to; NULL while the store is not mapped.
-- column streams: Units of sales in stores of class streaming; NULL where there were none.
-- column month_streams: Streams of all countries and platforms in the month.
-- column stream_share: streams as a share of month_streams, rounded to 6 decimals.
-- column gross_usd: Money of the lines whose rate is known, adjustments included, in USD.
-- column lines_without_rate: Lines in a currency without a rate: their money is not in gross_usd.
-- column is_partial: Of a distributor the month's money has not come yet (sale_months); NULL:
--     cannot be told.
--
-- Statements are what is paid; what platforms show of countries is in country_pictures and is never
-- added to this.
with artist_countries as (
    select
        sale_month,
        country,
        platform,
        streams,
        gross_usd,
        lines_without_rate
    from curated.artist_countries
),

sale_months as (
    select sale_month, platform, is_complete
    from curated.sale_months
    where source is null
),

totals as (
    select
        sale_month,
        country,
        platform,
        sum(streams)::bigint as streams,
        sum(gross_usd)::decimal(38, 12) as gross_usd,
        sum(lines_without_rate)::bigint as lines_without_rate
    from artist_countries
    group by sale_month, country, platform
),

shared as (
    select
        *,
        sum(streams) over (partition by sale_month)::bigint as month_streams
    from totals
)

select
    shared.sale_month as month,
    shared.country,
    shared.platform,
    shared.streams,
    shared.month_streams,
    (shared.streams::double / nullif(shared.month_streams, 0))::decimal(9, 6) as stream_share,
    shared.gross_usd,
    shared.lines_without_rate,
    not sale_months.is_complete as is_partial
from shared
left join sale_months
    on shared.sale_month = sale_months.sale_month
    and shared.platform is not distinct from sale_months.platform
