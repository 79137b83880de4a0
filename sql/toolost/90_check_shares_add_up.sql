-- One row per sale that stands on several lines whose shares do not add up to 100 percent.
-- severity: warn
--
-- Lines that are equal but for transaction, split, share and fee are taken for one sale, directed
-- to several people. A single line with a share below 100 is fine: the rest went elsewhere.
with sales as (
    select
        reporting_month,
        account,
        sale_date,
        accounting_date,
        reporting_date,
        channel,
        country,
        release_id,
        track_id,
        isrc,
        upc,
        track_title,
        currency,
        units,
        revenue,
        share_pct
    from staging.toolost__sales
    where share_pct < 100
)

select
    sales.reporting_month,
    sales.account,
    sales.sale_date,
    sales.isrc,
    sales.track_title,
    sales.channel,
    sales.country,
    sales.revenue,
    count(*) as line_count,
    sum(sales.share_pct)::decimal(18, 6) as share_pct
from sales
group by
    sales.reporting_month,
    sales.account,
    sales.sale_date,
    sales.accounting_date,
    sales.reporting_date,
    sales.channel,
    sales.country,
    sales.release_id,
    sales.track_id,
    sales.isrc,
    sales.upc,
    sales.track_title,
    sales.currency,
    sales.units,
    sales.revenue
having count(*) > 1 and sum(sales.share_pct) != 100
order by all
