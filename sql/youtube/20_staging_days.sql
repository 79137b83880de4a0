-- One row per account and day of a channel: each day of the one reporter that is believed.
-- partition: month
-- key: month, account, date
-- incremental: required
--
-- Three tell the same day: the Analytics API first, which is asked again every night; then the bulk
-- report; then Studio, whose exports say neither channel nor how they were narrowed down. A day is
-- never mixed of two. views_definition: what a view was on that day.
with analytics as (
    select *
    from staging.youtube__analytics_days
),

bulk as (
    select *
    from staging.youtube__bulk_days
),

studio as (
    select *
    from staging.youtube__studio_days
),

told as (
    select
        1 as precedence,
        'analytics' as reporter,
        analytics.account,
        analytics.channel_id,
        analytics.date,
        analytics.month,
        analytics.views,
        analytics.engaged_views,
        analytics.views_definition,
        (analytics.watch_minutes / 60)::decimal(18, 4) as watch_hours,
        analytics.likes,
        analytics.comments,
        analytics.shares,
        analytics.subscribers_gained,
        analytics.subscribers_lost,
        analytics.is_partial,
        analytics._drop,
        analytics._file,
        analytics._row
    from analytics
    union all
    select
        2 as precedence,
        'bulk' as reporter,
        bulk.account,
        bulk.channel_id,
        bulk.date,
        bulk.month,
        bulk.views,
        bulk.engaged_views,
        bulk.views_definition,
        (bulk.watch_minutes / 60)::decimal(18, 4) as watch_hours,
        bulk.likes,
        bulk.comments,
        bulk.shares,
        bulk.subscribers_gained,
        bulk.subscribers_lost,
        false as is_partial,
        bulk._drop,
        bulk._file,
        bulk._row
    from bulk
    union all
    select
        3 as precedence,
        'studio' as reporter,
        studio.account,
        null::varchar as channel_id,
        studio.date,
        studio.month,
        studio.views,
        studio.engaged_views,
        studio.views_definition,
        studio.watch_hours,
        studio.likes,
        studio.comments,
        studio.shares,
        studio.subscribers_gained,
        studio.subscribers_lost,
        studio.is_partial,
        studio._drop,
        studio._file,
        studio._row
    from studio
),

chosen as (
    select *
    from told
    qualify precedence = min(precedence) over (partition by month, account, date)
)

select
    chosen.account,
    chosen.reporter,
    chosen.channel_id,
    chosen.date,
    chosen.month,
    chosen.views,
    chosen.engaged_views,
    chosen.views_definition,
    chosen.watch_hours,
    chosen.likes,
    chosen.comments,
    chosen.shares,
    chosen.subscribers_gained,
    chosen.subscribers_lost,
    chosen.is_partial,
    chosen._drop,
    chosen._file,
    chosen._row
from chosen
