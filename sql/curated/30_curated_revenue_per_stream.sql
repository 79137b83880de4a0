-- One row per platform and sale month: what a stream paid, from statements.
-- key: platform, sale_month
-- check: streams >= 0 and usd_per_stream >= 0
-- export: yes
-- column platform: Platform; stores of class streaming only.
-- column sale_month: Month (YYYY-MM) of the streams.
-- column sales_usd: Money of the sales whose rate of exchange is known, in USD.
-- column streams: Streams of the same sales: the sample.
-- column usd_per_stream: sales_usd by streams, in USD; NULL below 100 streams.
-- column adjustments_usd: Corrections and charges of the month, in USD: in no rate.
-- column artificial_usd: Of adjustments_usd, what was charged for artificial streams, in USD.
-- column paid_per_stream: sales and adjustments by streams, in USD; NULL below 100 streams.
-- column source_count: Distributors in the sample.
-- column line_count: Statement lines of the month, adjustments included.
-- column streams_without_rate: Streams left out, since their currency has no rate of exchange.
-- column is_complete: Every store's usual lag has passed; NULL: cannot be told of one of them.
--
-- Downloads, social stores and ads count no streams and are not here. Statements hold no fees: what
-- a distributor keeps is gone before. 100 is where one more or less stream moves a rate by 1 %.
with revenue as (
    select *
    from curated.revenue_by_store
    where store_class = 'streaming' and platform is not null
),

sale_months as (
    select sale_month, platform, is_complete
    from curated.sale_months
    where source is null
),

totals as (
    select
        platform,
        sale_month,
        coalesce(sum(sales_usd), 0)::decimal(38, 12) as sales_usd,
        coalesce(sum(streams_with_rate), 0)::bigint as streams,
        coalesce(sum(adjustments_usd), 0)::decimal(38, 12) as adjustments_usd,
        coalesce(sum(artificial_usd), 0)::decimal(38, 12) as artificial_usd,
        count(distinct source)::bigint as source_count,
        sum(line_count)::bigint as line_count,
        (coalesce(sum(streams), 0) - coalesce(sum(streams_with_rate), 0))::bigint
            as streams_without_rate
    from revenue
    group by platform, sale_month
)

select
    totals.platform,
    totals.sale_month,
    totals.sales_usd,
    totals.streams,
    case when totals.streams >= 100 then ratio(totals.sales_usd, totals.streams) end
        as usd_per_stream,
    totals.adjustments_usd,
    totals.artificial_usd,
    case
        when totals.streams >= 100
            then ratio(totals.sales_usd + totals.adjustments_usd, totals.streams)
    end as paid_per_stream,
    totals.source_count,
    totals.line_count,
    totals.streams_without_rate,
    sale_months.is_complete
from totals
left join sale_months
    on totals.platform = sale_months.platform
    and totals.sale_month = sale_months.sale_month
