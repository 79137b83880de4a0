-- One row per Studio export whose lines do not add up to the total that leads them.
-- severity: warn
--
-- Lines lacked 1.4 % of their total in a real export, so a twentieth is let pass; more means that a
-- total was taken for a line, or that lines are missing. A list that was cut off may hold any part
-- of its total.
with pictures as (
    select *
    from staging.youtube__studio_pictures
),

compared as (
    select
        account,
        captured_on,
        tab,
        is_truncated,
        'views' as metric,
        total_views::decimal(18, 4) as total,
        lines_views::decimal(18, 4) as lines
    from pictures
    union all
    select
        account,
        captured_on,
        tab,
        is_truncated,
        'engaged_views' as metric,
        total_engaged_views::decimal(18, 4) as total,
        lines_engaged_views::decimal(18, 4) as lines
    from pictures
    union all
    select
        account,
        captured_on,
        tab,
        is_truncated,
        'watch_hours' as metric,
        total_watch_hours as total,
        lines_watch_hours as lines
    from pictures
)

select
    compared.account,
    compared.captured_on,
    compared.tab,
    compared.metric,
    compared.total,
    compared.lines
from compared
where compared.lines > 1.05 * compared.total
    or not compared.is_truncated and compared.lines < 0.95 * compared.total
order by compared.account, compared.captured_on, compared.tab, compared.metric
