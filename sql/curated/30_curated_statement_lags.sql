-- One row per reporting month, distributor and lag: how late its money comes.
-- partition: reporting_month
-- key: reporting_month, source, lag_months
-- incremental: required
-- column reporting_month: Month (YYYY-MM) in which the distributor booked the money.
-- column source: Distributor.
-- column lag_months: Months from the sale month to the reporting month.
-- column moved_usd: Money of sales and size of adjustments of that lag, USD, both as positive amounts:
--     a weight, no revenue.
--
-- Small, and built month by month: curated.revenue_history reads from it which months are whole.
with royalties as (
    select reporting_month, sale_month, source, gross_usd
    from curated.royalties
)

select
    royalties.reporting_month,
    royalties.source,
    (month_index(royalties.reporting_month) - month_index(royalties.sale_month))::bigint
        as lag_months,
    coalesce(sum(abs(royalties.gross_usd)), 0)::decimal(38, 12) as moved_usd
from royalties
group by royalties.reporting_month, royalties.source, lag_months
