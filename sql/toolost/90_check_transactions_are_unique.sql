-- One row per transaction id that stands on more than one line.
-- severity: warn
--
-- Each is money twice, or the id is not what the vendor says it is. Twice in two reports of one
-- month is no fault and is not here: staging has counted it once.
with sales as (
    select account, transaction_id, reporting_month, revenue
    from staging.toolost__sales
    where transaction_id is not null
)

select
    sales.account,
    sales.transaction_id,
    count(*) as line_count,
    min(sales.reporting_month) as first_month,
    max(sales.reporting_month) as last_month,
    sum(sales.revenue)::decimal(38, 12) as revenue
from sales
group by sales.account, sales.transaction_id
having count(*) > 1
order by all
