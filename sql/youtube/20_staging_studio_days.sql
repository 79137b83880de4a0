-- One row per account and day of a channel in Studio's exports.
-- partition: month
-- key: month, account, date
-- incremental: required
--
-- The tab Date has several numbers of a day, Totals.csv one in each file: a day is taken from the
-- tab where it is there, else each number from the newest file of totals that has it.
with tab as (
    select *
    from raw.youtube__studio_table
    where tab = 'date' and line_kind = 'row'
),

totals as (
    select *, concat_ws('/', _drop, _file, lpad(_row::varchar, 18, '0')) as place
    from raw.youtube__studio_totals
),

gathered as (
    select
        totals.month,
        totals.account,
        totals.date,
        max_by(known(totals.views), totals.place) filter (where known(totals.views) is not null)
            as views,
        max_by(known(totals.engaged_views), totals.place)
            filter (where known(totals.engaged_views) is not null) as engaged_views,
        max_by(known(totals.watch_hours), totals.place)
            filter (where known(totals.watch_hours) is not null) as watch_hours,
        max_by(known(totals.likes), totals.place) filter (where known(totals.likes) is not null)
            as likes,
        max_by(known(totals.comments), totals.place)
            filter (where known(totals.comments) is not null) as comments,
        max_by(known(totals.shares), totals.place) filter (where known(totals.shares) is not null)
            as shares,
        bool_or(totals.is_partial) as is_partial,
        max_by(totals._drop, totals.place) as _drop,
        max_by(totals._file, totals.place) as _file,
        max_by(totals._row, totals.place) as _row
    from totals
    group by totals.month, totals.account, totals.date
),

told as (
    select
        1 as precedence,
        'date' as told_by,
        tab.account,
        tab.date,
        tab.month,
        known(tab.views) as views,
        known(tab.engaged_views) as engaged_views,
        known(tab.watch_hours) as watch_hours,
        known(tab.likes) as likes,
        known(tab.comments) as comments,
        known(tab.shares) as shares,
        known(tab.subscribers_gained) as subscribers_gained,
        known(tab.subscribers_lost) as subscribers_lost,
        tab.is_partial,
        tab._drop,
        tab._file,
        tab._row
    from tab
    union all
    select
        2 as precedence,
        'totals' as told_by,
        gathered.account,
        gathered.date,
        gathered.month,
        gathered.views,
        gathered.engaged_views,
        gathered.watch_hours,
        gathered.likes,
        gathered.comments,
        gathered.shares,
        null::varchar as subscribers_gained,
        null::varchar as subscribers_lost,
        gathered.is_partial,
        gathered._drop,
        gathered._file,
        gathered._row
    from gathered
),

chosen as (
    select *
    from told
    qualify precedence = min(precedence) over (partition by month, account, date)
)

select
    chosen.account,
    chosen.date,
    chosen.month,
    chosen.told_by,
    chosen.views::bigint as views,
    chosen.engaged_views::bigint as engaged_views,
    views_definition(chosen.date) as views_definition,
    chosen.watch_hours::decimal(18, 4) as watch_hours,
    chosen.likes::bigint as likes,
    chosen.comments::bigint as comments,
    chosen.shares::bigint as shares,
    chosen.subscribers_gained::bigint as subscribers_gained,
    chosen.subscribers_lost::bigint as subscribers_lost,
    chosen.is_partial,
    chosen._drop,
    chosen._file,
    chosen._row
from chosen
