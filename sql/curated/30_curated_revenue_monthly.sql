-- One row per sale month, distributor, store and currency: what was earned, and when it was booked.
-- key: sale_month, source, store, currency
-- check: line_count > 0
-- check: gross_usd is null or sales_usd + adjustments_usd = gross_usd
-- export: yes
-- column sale_month: Month (YYYY-MM) of the use.
-- column source: Distributor.
-- column store: Store as the distributor writes it.
-- column platform: Platform the store belongs to; NULL while the store is not mapped.
-- column store_class: streaming, download, social or ads; NULL while the store is not mapped.
-- column currency: Currency of the statement, ISO 4217.
-- column gross: Money of all lines in currency, adjustments included, exact.
-- column sales_usd: Money of the sales whose rate is known, in USD.
-- column adjustments_usd: Money of all corrections and charges, in USD; 0 when there were none.
-- column artificial_usd: Of adjustments_usd, what was charged for artificial streams, in USD.
-- column gross_usd: Money of the lines whose rate is known, in USD; NULL if of none.
-- column shared_usd: Of gross_usd, what an owner's share is known for, in USD; NULL if of none.
-- column net_usd: Owner's part of shared_usd, in USD; NULL if no share is known.
-- column owner_share: net_usd by shared_usd, 0 to 1; NULL when that is 0 or unknown.
-- column units: Units of sales.
-- column streams: Units of sales in stores of class streaming; NULL elsewhere.
-- column line_count: Statement lines.
-- column lines_without_rate: Lines in a currency without a rate: their money is not in USD.
-- column first_reporting_month: First month (YYYY-MM) in which money of the sale month was booked.
-- column last_reporting_month: Last month (YYYY-MM) in which money of the sale month was booked.
-- column lag_months: Months from use to booking, weighted by the money of sales; NULL without
--     sales.
-- column lag_1_share: Share of the money of sales that was booked within 1 month, 0 to 1.
-- column lag_2_share: The same within 2 months; never falls from one to the next.
-- column lag_3_share: The same within 3 months.
-- column lag_6_share: The same within 6 months.
-- column usual_lag_months: Months after which the store's money is usually booked (sale_months).
-- column is_complete: The month's money has come (sale_months); NULL: cannot be told.
with revenue as (
    select *
    from curated.revenue_by_store
),

sale_months as (
    select sale_month, source, platform, usual_lag_months, is_complete
    from curated.sale_months
),

aged as (
    select
        revenue.*,
        months_between(revenue.sale_month, revenue.reporting_month) as lag_months
    from revenue
),

totals as (
    select
        sale_month,
        source,
        store,
        platform,
        store_class,
        currency,
        sum(gross)::decimal(38, 12) as gross,
        sum(sales)::decimal(38, 12) as sales,
        sum(sales * lag_months)::decimal(38, 12) as weighted_sales,
        sum(sales) filter (where lag_months <= 1) as sales_1,
        sum(sales) filter (where lag_months <= 2) as sales_2,
        sum(sales) filter (where lag_months <= 3) as sales_3,
        sum(sales) filter (where lag_months <= 6) as sales_6,
        coalesce(sum(sales_usd), 0)::decimal(38, 12) as sales_usd,
        sum(adjustments_usd)::decimal(38, 12) as adjustments_usd,
        sum(artificial_usd)::decimal(38, 12) as artificial_usd,
        sum(gross_usd)::decimal(38, 12) as gross_usd,
        sum(shared_usd)::decimal(38, 12) as shared_usd,
        sum(net_usd)::decimal(38, 12) as net_usd,
        sum(units)::bigint as units,
        sum(streams)::bigint as streams,
        sum(line_count)::bigint as line_count,
        sum(lines_without_rate)::bigint as lines_without_rate,
        min(reporting_month) as first_reporting_month,
        max(reporting_month) as last_reporting_month
    from aged
    group by sale_month, source, store, platform, store_class, currency
)

select
    totals.sale_month,
    totals.source,
    totals.store,
    totals.platform,
    totals.store_class,
    totals.currency,
    totals.gross,
    case when totals.gross_usd is not null then totals.sales_usd end as sales_usd,
    totals.adjustments_usd,
    totals.artificial_usd,
    totals.gross_usd,
    totals.shared_usd,
    totals.net_usd,
    ratio(totals.net_usd, totals.shared_usd) as owner_share,
    totals.units,
    totals.streams,
    totals.line_count,
    totals.lines_without_rate,
    totals.first_reporting_month,
    totals.last_reporting_month,
    ratio(totals.weighted_sales, totals.sales) as lag_months,
    ratio(coalesce(totals.sales_1, 0), totals.sales) as lag_1_share,
    ratio(coalesce(totals.sales_2, 0), totals.sales) as lag_2_share,
    ratio(coalesce(totals.sales_3, 0), totals.sales) as lag_3_share,
    ratio(coalesce(totals.sales_6, 0), totals.sales) as lag_6_share,
    sale_months.usual_lag_months,
    sale_months.is_complete
from totals
left join sale_months
    on totals.sale_month = sale_months.sale_month
    and totals.source = sale_months.source
    and totals.platform is not distinct from sale_months.platform
