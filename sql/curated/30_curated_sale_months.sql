-- One row per sale month, distributor (NULL: all of them) and platform: has its money come?
-- partition: year
-- key: year, sale_month, source, platform
-- export: yes
-- column year: Year (YYYY) of sale_month.
-- column sale_month: Month (YYYY-MM) of the use.
-- column source: Distributor; NULL for all that pay for the platform in the month.
-- column platform: Platform; NULL for stores that are not mapped.
-- column usual_lag_months: Months after which the money is usually booked (revenue_lags); of all
--     distributors the longest one.
-- column is_complete: The usual lag has passed in the statements, of all distributors in those of
--     each; NULL: cannot be told.
--
-- What a whole sale month is, for every mart that asks. Judged by the statements that exist, never
-- by the calendar: a statement that did not come completes nothing. A platform without settled
-- months has the lag of its distributor, a distributor without any that of the platform at the
-- others. Nothing here moves on with every statement: years that are over keep their files, and
-- what is built by year is not built anew.
with revenue as (
    select reporting_month, sale_month, source, platform
    from curated.revenue_by_store
),

lags as (
    select source, platform, usual_lag_months
    from curated.revenue_lags
),

newest as (
    select source, max(reporting_month) as reporting_month
    from revenue
    group by source
),

usual as (
    select source, platform, max(usual_lag_months) as usual_lag_months
    from lags
    group by source, platform
),

months as (
    select sale_month, source, platform
    from revenue
    group by sale_month, source, platform
),

lagged as (
    select
        months.*,
        newest.reporting_month as newest_month,
        coalesce(own.usual_lag_months, of_source.usual_lag_months, of_platform.usual_lag_months)
            as usual_lag_months
    from months
    inner join newest on months.source = newest.source
    left join usual as own
        on months.source = own.source
        and months.platform = own.platform
    left join usual as of_source
        on months.source = of_source.source
        and of_source.platform is null
    left join usual as of_platform
        on months.platform = of_platform.platform
        and of_platform.source is null
),

judged as (
    select
        sale_month,
        source,
        platform,
        usual_lag_months,
        months_between(sale_month, newest_month) >= usual_lag_months as is_complete
    from lagged
),

scoped as (
    select sale_month, source, platform, usual_lag_months, is_complete
    from judged

    union all

    select
        sale_month,
        null as source,
        platform,
        case when count(usual_lag_months) = count(*) then max(usual_lag_months) end
            as usual_lag_months,
        case
            when bool_or(not is_complete) then false
            when count(is_complete) = count(*) then true
        end as is_complete
    from judged
    group by sale_month, platform
)

select
    left(scoped.sale_month, 4) as year,
    scoped.sale_month,
    scoped.source,
    scoped.platform,
    scoped.usual_lag_months,
    scoped.is_complete
from scoped
