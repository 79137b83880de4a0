-- One row per reporting month, dimension and part: its share of the twelve months that end there.
-- partition: year
-- key: year, reporting_month, dimension, part
-- incremental: required
-- check: share is null or share between 0 and 1
-- check: concentration is null or concentration between 0 and 1.000001
-- export: yes
-- column year: Year (YYYY) of reporting_month.
-- column reporting_month: Last month (YYYY-MM) of the twelve, by the distributors' booking.
-- column dimension: platform, country, track or distributor.
-- column part: The platform, country, ISRC or distributor; NULL where a statement does not tell.
-- column sales_usd: Money of sales in the twelve months, in USD: what the shares are of.
-- column gross_usd: The same with corrections and charges, in USD.
-- column share: sales_usd by that of all parts, 0 to 1; NULL when there were no sales.
-- column concentration: Herfindahl index of the dimension: sum of squared shares, 1 is one part
--     only.
-- column month_count: Months of the twelve that have statements.
-- column share_a_year_ago: The share in the twelve months before; 0 where the part had no sales
--     then.
-- column share_change: share less share_a_year_ago; NULL unless both windows are whole.
-- column concentration_a_year_ago: The dimension's index in the twelve months before.
-- column is_partial: The window has fewer than twelve months with statements.
--
-- By month of booking, which is always finished, and not by sale month, which never is. Shares are
-- of sales, since a part with more corrections than sales has no share. Money without a part counts
-- as one part, and raises the index: map the stores, fill the ISRCs.
with windows as (
    select
        year,
        reporting_year,
        reporting_month,
        is_year_ago,
        dimension,
        part,
        sales_usd,
        gross_usd,
        month_count,
        has_statement
    from curated.revenue_windows
),

booking_years as (
    select
        year,
        reporting_month,
        is_year_ago,
        dimension,
        reporting_year,
        max(month_count) as month_count,
        bool_or(has_statement) as has_statement
    from windows
    group by year, reporting_month, is_year_ago, dimension, reporting_year
),

months as (
    select
        year,
        reporting_month,
        is_year_ago,
        dimension,
        sum(month_count)::bigint as month_count,
        bool_or(has_statement) as has_statement
    from booking_years
    group by year, reporting_month, is_year_ago, dimension
),

totals as (
    select
        year,
        reporting_month,
        is_year_ago,
        dimension,
        part,
        coalesce(sum(sales_usd), 0)::decimal(38, 12) as sales_usd,
        sum(gross_usd)::decimal(38, 12) as gross_usd
    from windows
    group by year, reporting_month, is_year_ago, dimension, part
),

shares as (
    select
        totals.*,
        months.month_count,
        months.has_statement,
        ratio(
            totals.sales_usd,
            sum(totals.sales_usd) over (
                partition by
                    totals.year,
                    totals.reporting_month,
                    totals.is_year_ago,
                    totals.dimension
            )
        ) as share
    from totals
    inner join months
        on totals.year = months.year
        and totals.reporting_month = months.reporting_month
        and totals.is_year_ago = months.is_year_ago
        and totals.dimension = months.dimension
),

indexes as (
    select
        *,
        sum(share::decimal(18, 12) * share::decimal(18, 12)) over (
            partition by year, reporting_month, is_year_ago, dimension
        )::decimal(38, 12) as concentration
    from shares
),

compared as (
    select
        *,
        max(share) filter (where is_year_ago) over (
            partition by year, reporting_month, dimension, part
        ) as earlier_share,
        max(concentration) filter (where is_year_ago) over (
            partition by year, reporting_month, dimension
        ) as earlier_concentration,
        coalesce(
            max(month_count) filter (where is_year_ago) over (
                partition by year, reporting_month, dimension
            ),
            0
        ) = 12 as is_comparable
    from indexes
)

select
    compared.year,
    compared.reporting_month,
    compared.dimension,
    compared.part,
    compared.sales_usd,
    compared.gross_usd,
    compared.share,
    compared.concentration,
    compared.month_count,
    case when compared.is_comparable then coalesce(compared.earlier_share, 0) end
        as share_a_year_ago,
    case
        when compared.is_comparable and compared.month_count = 12
            then compared.share - coalesce(compared.earlier_share, 0)
    end as share_change,
    case when compared.is_comparable then compared.earlier_concentration end
        as concentration_a_year_ago,
    compared.month_count < 12 as is_partial
from compared
where not compared.is_year_ago and compared.has_statement
