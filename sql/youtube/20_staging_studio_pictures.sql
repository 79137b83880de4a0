-- One row per account, day of capture and tab of a Studio export: its total and its sums.
-- partition: month
-- key: month, account, captured_on, tab
-- incremental: required
--
-- A list that was cut off has a trailer that says how many lines are shown. Days are left out: they
-- are kept one by one, and may come from several exports.
with lines as (
    select
        account,
        date,
        month,
        tab,
        line_kind,
        value,
        known(views)::bigint as views,
        known(engaged_views)::bigint as engaged_views,
        known(watch_hours)::decimal(18, 4) as watch_hours
    from raw.youtube__studio_table
    where tab != 'date'
)

select
    lines.account,
    lines.date as captured_on,
    lines.month,
    lines.tab,
    count(*) filter (where lines.line_kind = 'row')::bigint as line_count,
    bool_or(lines.line_kind = 'trailer') as is_truncated,
    (sum(lines.views) filter (where lines.line_kind = 'total'))::bigint as total_views,
    (sum(lines.views) filter (where lines.line_kind = 'row'))::bigint as lines_views,
    (sum(lines.engaged_views) filter (where lines.line_kind = 'total'))::bigint
        as total_engaged_views,
    (sum(lines.engaged_views) filter (where lines.line_kind = 'row'))::bigint
        as lines_engaged_views,
    (sum(lines.watch_hours) filter (where lines.line_kind = 'total'))::decimal(18, 4)
        as total_watch_hours,
    (sum(lines.watch_hours) filter (where lines.line_kind = 'row'))::decimal(18, 4)
        as lines_watch_hours
from lines
group by lines.account, lines.date, lines.month, lines.tab
