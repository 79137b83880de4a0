-- One row per account, day and metric: what the API's account insights say of the day.
-- partition: month
-- key: month, account, date, metric
-- incremental: required
--
-- A day asked for alone counts before the total beside a breakdown, and both before the series,
-- which only reach has. Reach is people: days do not add up.
with insights as (
    select
        account,
        profile_id,
        metric,
        form,
        breakdown,
        value::bigint as value,
        date,
        month,
        is_partial,
        _drop,
        _file,
        _row
    from raw.instagram__account_insights
    where known(value) is not null
),

told as (
    select
        insights.*,
        max(insights.value) filter (where insights.form = 'series') over of_day as series_value,
        max(insights.value) filter (where insights.form = 'total' and insights.breakdown = '')
            over of_day as total_value
    from insights
    window
        of_day as (
            partition by insights.month, insights.account, insights.date, insights.metric
        )
),

chosen as (
    select *
    from told
    qualify row_number() over (
        partition by month, account, date, metric
        order by
            case when form = 'series' then 3 when breakdown != '' then 2 else 1 end,
            _drop desc,
            _file desc,
            _row desc
    ) = 1
)

select
    chosen.account,
    chosen.date,
    chosen.month,
    chosen.profile_id,
    chosen.metric,
    chosen.value,
    chosen.series_value,
    chosen.total_value,
    chosen.is_partial,
    chosen._drop,
    chosen._file,
    chosen._row
from chosen
