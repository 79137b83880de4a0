-- One row per reporting month, dimension and part: its share of the twelve months that end there.
-- key: reporting_month, dimension, part
-- check: share is null or share between 0 and 1
-- check: concentration is null or concentration between 0 and 1.000001
-- export: yes
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
with parts as (
    select reporting_month, dimension, part, sales_usd, gross_usd
    from curated.revenue_by_part
),

months as (
    select reporting_month
    from parts
    group by reporting_month
),

window_months as (
    select
        months.reporting_month,
        earlier.reporting_month as booked_month,
        count(*) over (partition by months.reporting_month) as month_count
    from months
    inner join months as earlier
        on months.reporting_month >= earlier.reporting_month
        and month_after(months.reporting_month, -12) < earlier.reporting_month
),

totals as (
    select
        window_months.reporting_month,
        (window_months.reporting_month || '-01')::date as first_day,
        window_months.month_count,
        parts.dimension,
        parts.part,
        coalesce(sum(parts.sales_usd), 0)::decimal(38, 12) as sales_usd,
        sum(parts.gross_usd)::decimal(38, 12) as gross_usd
    from window_months
    inner join parts on window_months.booked_month = parts.reporting_month
    group by
        window_months.reporting_month,
        window_months.month_count,
        parts.dimension,
        parts.part
),

shares as (
    select
        *,
        ratio(sales_usd, sum(sales_usd) over (partition by dimension, reporting_month)) as share
    from totals
),

indexes as (
    select
        *,
        sum(share::decimal(18, 12) * share::decimal(18, 12)) over (
            partition by dimension, reporting_month
        )::decimal(38, 12) as concentration
    from shares
),

compared as (
    select
        *,
        max(share) over (
            partition by dimension, part
            order by first_day
            range between interval 1 year preceding and interval 1 year preceding
        ) as earlier_share,
        max(concentration) over (
            partition by dimension
            order by first_day
            range between interval 1 year preceding and interval 1 year preceding
        ) as earlier_concentration,
        coalesce(
            max(month_count) over (
                partition by dimension
                order by first_day
                range between interval 1 year preceding and interval 1 year preceding
            ),
            0
        ) = 12 as is_comparable
    from indexes
)

select
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
