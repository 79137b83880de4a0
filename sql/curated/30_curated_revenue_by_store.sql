-- One row per reporting month, sale month, distributor account, store and currency: its money.
-- partition: reporting_year
-- key: reporting_year, reporting_month, sale_month, source, account, store, currency
-- incremental: required
-- column reporting_year: Year (YYYY) of reporting_month.
-- column reporting_month: Month (YYYY-MM) in which the distributor booked the money.
-- column sale_month: Month (YYYY-MM) of the use.
-- column source: Distributor whose statement says so.
-- column account: Account at the distributor.
-- column store: Store as the distributor writes it.
-- column platform: Platform the store belongs to; NULL while the store is not mapped.
-- column store_class: streaming, download, social or ads; NULL while the store is not mapped.
-- column currency: Currency of the statement, ISO 4217.
-- column units: Units of sales; NULL where there were only adjustments.
-- column streams: Units of sales in stores of class streaming; NULL elsewhere.
-- column streams_with_rate: Of streams, those whose money is known in USD.
-- column gross: Money of all lines in currency, exact.
-- column sales: Money of the sales in currency, exact; 0 when there were none.
-- column sales_usd: Money of the sales whose rate is known, in USD; NULL if of none.
-- column adjustments_usd: Money of all corrections and charges, in USD; 0 when there were none.
-- column artificial_usd: Of adjustments_usd, what was charged for artificial streams, in USD.
-- column gross_usd: Money of the lines whose rate is known, in USD; NULL if of none.
-- column shared_usd: Of gross_usd, what is of lines whose owner's share is known; NULL if of none.
-- column net_usd: Owner's money of the lines whose rate and share are known, in USD.
-- column line_count: Statement lines.
-- column lines_without_rate: Lines in a currency without a rate: their money is not in USD.
--
-- Small, and built year by year: what asks about all of history, but of no recording, reads this.
with revenue as (
    select
        reporting_year,
        reporting_month,
        sale_month,
        source,
        account,
        store,
        platform,
        store_class,
        currency,
        units,
        streams,
        streams_with_rate,
        gross,
        sales,
        sales_usd,
        adjustments_usd,
        artificial_usd,
        gross_usd,
        owner_share,
        net_usd,
        line_count,
        lines_without_rate
    from curated.revenue_by_track
)

select
    revenue.reporting_year,
    revenue.reporting_month,
    revenue.sale_month,
    revenue.source,
    revenue.account,
    revenue.store,
    revenue.platform,
    revenue.store_class,
    revenue.currency,
    sum(revenue.units)::bigint as units,
    sum(revenue.streams)::bigint as streams,
    sum(revenue.streams_with_rate)::bigint as streams_with_rate,
    sum(revenue.gross)::decimal(38, 12) as gross,
    sum(revenue.sales)::decimal(38, 12) as sales,
    sum(revenue.sales_usd)::decimal(38, 12) as sales_usd,
    sum(revenue.adjustments_usd)::decimal(38, 12) as adjustments_usd,
    sum(revenue.artificial_usd)::decimal(38, 12) as artificial_usd,
    sum(revenue.gross_usd)::decimal(38, 12) as gross_usd,
    (sum(revenue.gross_usd) filter (where revenue.owner_share is not null))::decimal(38, 12)
        as shared_usd,
    sum(revenue.net_usd)::decimal(38, 12) as net_usd,
    sum(revenue.line_count)::bigint as line_count,
    sum(revenue.lines_without_rate)::bigint as lines_without_rate
from revenue
group by
    revenue.reporting_year,
    revenue.reporting_month,
    revenue.sale_month,
    revenue.source,
    revenue.account,
    revenue.store,
    revenue.platform,
    revenue.store_class,
    revenue.currency
