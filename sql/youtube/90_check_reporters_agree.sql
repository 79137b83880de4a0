-- One row per account and day whose views differ by more than a twentieth between two reporters.
-- severity: warn
--
-- The Analytics API, the bulk report and Studio tell the same views. They are corrected on
-- different nights, so a little is let pass; more means another channel, or an export that was
-- narrowed down.
with told as (
    select account, date, 'analytics' as reporter, views
    from staging.youtube__analytics_days
    where views is not null and not is_partial
    union all
    select account, date, 'bulk' as reporter, views
    from staging.youtube__bulk_days
    where views is not null
    union all
    select account, date, 'studio' as reporter, views
    from staging.youtube__studio_days
    where views is not null and not is_partial
)

select
    account,
    date,
    min(views) as least,
    max(views) as most
from told
group by account, date
having max(views) - min(views) > 10 and max(views) - min(views) > 0.05 * max(views)
order by account, date
