-- One row per distributor and platform (NULL: all of the other) and months from use to booking.
-- key: source, platform, lag_months
-- check: share is null or share between 0 and 1
-- export: yes
-- column source: Distributor; NULL where the row is about a platform at all distributors.
-- column platform: Platform; NULL where the row is about all that a distributor pays.
-- column lag_months: Months from the sale month to the reporting month.
-- column sales_usd: Money of sales booked with this lag, in USD, of settled sale months only.
-- column total_usd: The same with any lag, in USD.
-- column share: sales_usd by total_usd, 0 to 1; NULL when the total is 0.
-- column month_count: Settled sale months the row's distributor or platform has: its sample.
-- column usual_lag_months: Fewest months after which 95 % of the money was booked.
--
-- A sale month is settled once six further months of that distributor's statements exist: newer
-- ones would show short lags only. Those before its first statement are left out, which would show
-- long lags only. A distributor with fewer statements has no row: the data cannot tell its lag.
with money as not materialized (
    select reporting_month, sale_month, source, platform, sales_usd
    from curated.revenue_by_store
    where sales_usd is not null
),

statements as (
    select source, reporting_month
    from curated.revenue_by_store
),

spans as (
    select
        source,
        min(reporting_month) as first_month,
        max(reporting_month) as last_month
    from statements
    group by source
),

settled as not materialized (
    select
        money.source,
        money.platform,
        money.sale_month,
        months_between(money.sale_month, money.reporting_month) as lag_months,
        money.sales_usd
    from money
    inner join spans
        on money.source = spans.source
        and money.sale_month >= spans.first_month
        and months_between(money.sale_month, spans.last_month) >= 6
),

scoped as (
    select source, platform, sale_month, lag_months, sales_usd
    from settled
    where platform is not null

    union all

    select source, null as platform, sale_month, lag_months, sales_usd
    from settled

    union all

    select null as source, platform, sale_month, lag_months, sales_usd
    from settled
    where platform is not null
),

sampled as (
    select
        *,
        count(distinct sale_month) over (partition by source, platform) as month_count
    from scoped
),

by_lag as (
    select
        source,
        platform,
        lag_months,
        month_count,
        sum(sales_usd)::decimal(38, 12) as sales_usd
    from sampled
    group by source, platform, lag_months, month_count
),

cumulated as (
    select
        *,
        sum(sales_usd) over (partition by source, platform) as total_usd,
        sum(sales_usd) over (partition by source, platform order by lag_months) as booked_usd
    from by_lag
)

select
    cumulated.source,
    cumulated.platform,
    cumulated.lag_months,
    cumulated.sales_usd,
    cumulated.total_usd::decimal(38, 12) as total_usd,
    ratio(cumulated.sales_usd, cumulated.total_usd) as share,
    cumulated.month_count,
    min(cumulated.lag_months) filter (
        where cumulated.total_usd > 0 and cumulated.booked_usd >= cumulated.total_usd * 0.95
    ) over (partition by cumulated.source, cumulated.platform) as usual_lag_months
from cumulated
