-- One row per artist, platform and whole sale month: the money of all statements so far.
-- key: artist, platform, sale_month
-- export: yes
-- column artist: Artist as in the catalog, or as the distributor writes it.
-- column platform: Platform.
-- column sale_month: Month (YYYY-MM) of the use.
-- column month_position: 1 for the first month of the series, then counted on.
-- column month_count: Months of the series.
-- column gross_usd: Money of the sale month, adjustments included, in USD, 0 where the statements
--     have
--     none; NULL if a part of it has no rate.
--
-- Money of a sale month comes over several months. A month is whole when the statements have gone
-- on by as many months as it takes for 99 % of the money, as older sale months (settled for 6
-- months) have shown, or by the longest lag while nothing is settled; counted from the statement of
-- that active distributor (one within the last 6 months) that is furthest behind. What a
-- distributor pays for months before its first statement's own (by its shortest lag) is left out,
-- since they are not whole either. A series begins with its first money.
with months as (
    select
        month_index(sale_month) as sale_number,
        source,
        artist,
        platform,
        gross_usd,
        lines_without_rate
    from curated.artist_revenue_months
    where artist || platform is not null
),

statement_lags as (
    select
        month_index(reporting_month) as reporting_number,
        source,
        lag_months,
        moved_usd
    from curated.statement_lags
),

sources as (
    select
        source,
        min(reporting_number) as first_number,
        min(lag_months) as first_lag,
        max(reporting_number) as last_number,
        max(max(reporting_number)) over () as newest_number
    from statement_lags
    group by source
),

reported as (
    select
        min(last_number) filter (where last_number >= newest_number - 6) as last_number,
        max(newest_number) as newest_number
    from sources
),

lags as (
    select
        statement_lags.lag_months,
        coalesce(
            sum(statement_lags.moved_usd) filter (
                where statement_lags.reporting_number - statement_lags.lag_months
                    <= reported.newest_number - 6
            ),
            0
        ) as settled_usd
    from statement_lags
    cross join reported
    group by statement_lags.lag_months
),

running_lags as (
    select
        lag_months,
        sum(settled_usd) over (order by lag_months) as settled_usd,
        sum(settled_usd) over () as all_usd
    from lags
),

usual_lag as (
    select
        coalesce(
            min(lag_months) filter (where settled_usd >= 0.99 * all_usd and all_usd > 0),
            max(lag_months)
        ) as whole_lag
    from running_lags
),

bounds as (
    select
        sources.source,
        sources.first_number - sources.first_lag as first_number,
        reported.last_number - usual_lag.whole_lag as last_number
    from sources
    cross join usual_lag
    cross join reported
),

totals as (
    select
        months.artist,
        months.platform,
        months.sale_number,
        bounds.last_number,
        sum(months.gross_usd) as gross_usd,
        sum(months.lines_without_rate) as lines_without_rate
    from months
    inner join bounds
        on months.source = bounds.source
        and months.sale_number >= bounds.first_number
        and months.sale_number <= bounds.last_number
    group by months.artist, months.platform, months.sale_number, bounds.last_number
),

-- Months with money, and up to which month nothing follows.
spans as (
    select
        *,
        min(sale_number) over series as first_number,
        lead(sale_number, 1, last_number + 1) over series as next_number
    from totals
    window series as (
        partition by artist, platform
        order by sale_number
        rows between unbounded preceding and unbounded following
    )
),

calendar as (
    select *, unnest(range(sale_number, next_number)) as filled_number
    from spans
)

select
    calendar.artist,
    calendar.platform,
    month_of_index(calendar.filled_number) as sale_month,
    (calendar.filled_number - calendar.first_number + 1)::bigint as month_position,
    (calendar.last_number - calendar.first_number + 1)::bigint as month_count,
    case
        when calendar.filled_number > calendar.sale_number then 0
        when calendar.lines_without_rate = 0 then calendar.gross_usd
    end::decimal(38, 12) as gross_usd
from calendar
