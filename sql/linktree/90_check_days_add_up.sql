-- One row per overview whose days do not add up to the totals it states itself.
-- severity: warn
--
-- They always have; lifetime totals, counted by another rule, are not compared.
with totals as (
    select
        account,
        captured_on,
        answer,
        total_of,
        days,
        views,
        clicks,
        views_of_days,
        clicks_of_days
    from staging.linktree__totals
)

select
    totals.account,
    totals.captured_on,
    totals.answer,
    totals.days,
    totals.views,
    totals.views_of_days,
    totals.clicks,
    totals.clicks_of_days
from totals
where totals.total_of = 'overview'
    and totals.days is not null
    and (
        totals.views is distinct from totals.views_of_days
        or totals.clicks is distinct from totals.clicks_of_days
    )
order by all
