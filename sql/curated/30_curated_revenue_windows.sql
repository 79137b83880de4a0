-- One row per booking year, last month of twelve, dimension and part: what the year gives to them.
-- partition: reporting_year, year
-- key: reporting_year, year, reporting_month, is_year_ago, dimension, part
-- incremental: required
-- check: month_count between 1 and 12
-- column reporting_year: Year (YYYY) in which the distributors booked the money.
-- column year: Year (YYYY) of reporting_month.
-- column reporting_month: Last month (YYYY-MM) of the twelve, by the distributors' booking.
-- column is_year_ago: The money is of the twelve months before those.
-- column dimension: platform, country, track or distributor.
-- column part: The platform, country, ISRC or distributor; NULL where a statement does not tell.
-- column sales_usd: Money of the sales, in USD; NULL if of none the rate is known. It is in each of
--     the 24 windows that hold the month.
-- column gross_usd: The same with corrections and charges, in USD.
-- column month_count: Months of the booking year in the window that have statements.
-- column has_statement: The booking year has statements in reporting_month itself.
--
-- Each month's money on its way through all windows that it will be in. So a window is added up
-- from the two or three booking years that it touches, and not anew out of all of history.
with parts as (
    select reporting_year, reporting_month, dimension, part, sales_usd, gross_usd
    from curated.revenue_by_part
),

spread as (
    select
        reporting_year,
        reporting_month as booked_month,
        dimension,
        part,
        sales_usd,
        gross_usd,
        unnest(range(24)) as months_later
    from parts
),

windows as (
    select
        *,
        month_after(booked_month, months_later) as reporting_month,
        months_later >= 12 as is_year_ago
    from spread
),

months as (
    select
        reporting_year,
        reporting_month,
        is_year_ago,
        dimension,
        count(distinct booked_month) as month_count,
        bool_or(months_later = 0) as has_statement
    from windows
    group by reporting_year, reporting_month, is_year_ago, dimension
),

totals as (
    select
        reporting_year,
        reporting_month,
        is_year_ago,
        dimension,
        part,
        sum(sales_usd)::decimal(38, 12) as sales_usd,
        sum(gross_usd)::decimal(38, 12) as gross_usd
    from windows
    group by reporting_year, reporting_month, is_year_ago, dimension, part
)

select
    totals.reporting_year,
    left(totals.reporting_month, 4) as year,
    totals.reporting_month,
    totals.is_year_ago,
    totals.dimension,
    totals.part,
    totals.sales_usd,
    totals.gross_usd,
    months.month_count::bigint as month_count,
    months.has_statement
from totals
inner join months
    on totals.reporting_year = months.reporting_year
    and totals.reporting_month = months.reporting_month
    and totals.is_year_ago = months.is_year_ago
    and totals.dimension = months.dimension
