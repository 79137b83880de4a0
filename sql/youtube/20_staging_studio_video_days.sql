-- One row per account, video and day of Studio's charts.
-- partition: month
-- key: month, account, video_id, date
-- incremental: required
--
-- A chart has one metric, so each number is from the newest chart that has it. The videos drawn are
-- the top few: they do not add up to the channel.
with chart as (
    select *, concat_ws('/', _drop, _file, lpad(_row::varchar, 18, '0')) as place
    from raw.youtube__studio_chart
    where tab = 'content'
),

gathered as (
    select
        chart.month,
        chart.account,
        chart.value as video_id,
        chart.date,
        max_by(trimmed(chart.video_title), chart.place) as title,
        max_by(known(chart.views), chart.place) filter (where known(chart.views) is not null)
            as views,
        max_by(known(chart.engaged_views), chart.place)
            filter (where known(chart.engaged_views) is not null) as engaged_views,
        max_by(known(chart.watch_hours), chart.place)
            filter (where known(chart.watch_hours) is not null) as watch_hours,
        bool_or(chart.is_partial) as is_partial,
        max_by(chart._drop, chart.place) as _drop,
        max_by(chart._file, chart.place) as _file,
        max_by(chart._row, chart.place) as _row
    from chart
    group by chart.month, chart.account, chart.value, chart.date
)

select
    gathered.account,
    gathered.video_id,
    gathered.title,
    gathered.date,
    gathered.month,
    gathered.views::bigint as views,
    gathered.engaged_views::bigint as engaged_views,
    views_definition(gathered.date) as views_definition,
    gathered.watch_hours::decimal(18, 4) as watch_hours,
    gathered.is_partial,
    gathered._drop,
    gathered._file,
    gathered._row
from gathered
