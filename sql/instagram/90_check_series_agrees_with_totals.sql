-- One row per day that is over and has another figure in a series than when asked for alone.
-- severity: warn
--
-- A day that stands one off from its neighbours' shows that the end of a day was taken for the day.
with insights as (
    select account, date, metric, series_value, total_value, is_partial
    from staging.instagram__insights
)

select
    insights.account,
    insights.date,
    insights.metric,
    insights.series_value,
    insights.total_value
from insights
where not insights.is_partial
    and insights.series_value != insights.total_value
order by all
