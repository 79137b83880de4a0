-- One row per month, link page and part of it: the page, a link of it, or where visitors came from.
-- partition: month
-- key: month, platform, account, part, time_window, name_id
-- incremental: required
-- check: part in ('page', 'link', 'referrer')
-- check: (click_rate is null) = (clicks is null or coalesce(views, 0) <= 0)
-- check: share_of_clicks is null or share_of_clicks between 0 and 1
-- export: yes
-- column month: Month (YYYY-MM) of the days, or of the look at a window.
-- column platform: Platform of the link page.
-- column account: Account of the link page.
-- column part: page, link or referrer; parts say the same clicks again: never add two of them.
-- column name_id: Id of the link, or the referrer; blank for the whole page.
-- column name: Title of the link, or the referrer; NULL for the whole page.
-- column time_window: month: the days of the month. Else what was looked at, as last_90_days.
-- column captured_on: Day of the look at the window, the last of the month; NULL for days.
-- column day_count: Days of the month that are told; NULL for windows.
-- column views: Visits; NULL where a source tells none.
-- column clicks: Clicks.
-- column click_rate: clicks by views, which may exceed 1; NULL without views.
-- column share_of_clicks: Part's clicks by those of all its kind in the same window.
-- column is_partial: Days of the month are missing or not finished; NULL for windows.
--
-- Links and referrers are told for rolling windows only, which overlap from month to month: compare
-- them, never add them. Clicks by day are in link_clicks_daily.
with days as (
    select month, date, platform, account, link_id, link_title, views, clicks, is_partial
    from curated.link_clicks_daily
),

link_windows as (
    select
        captured_on,
        month,
        platform,
        account,
        time_window,
        link_id,
        link_title,
        views,
        clicks
    from feeds.link_windows
),

referrers as (
    select captured_on, month, platform, account, audience, time_window, value, quantity
    from feeds.demographics
    where dimension = 'referrer' and audience in ('visits', 'clicks')
),

months as (
    select
        month,
        platform,
        account,
        case when link_id is null then 'page' else 'link' end as part,
        coalesce(link_id, '') as name_id,
        arg_max(link_title, date) as name,
        'month' as time_window,
        null::date as captured_on,
        count(*) as day_count,
        sum(views)::bigint as views,
        sum(clicks)::bigint as clicks,
        bool_or(is_partial) or count(*) < day(last_day((month || '-01')::date)) as is_partial
    from days
    group by month, platform, account, link_id
),

windows as (
    select
        month,
        platform,
        account,
        'link' as part,
        link_id as name_id,
        max(link_title) as name,
        time_window,
        captured_on,
        max(views) as views,
        max(clicks) as clicks
    from link_windows
    group by month, platform, account, link_id, time_window, captured_on

    union all

    select
        month,
        platform,
        account,
        'referrer' as part,
        value as name_id,
        value as name,
        time_window,
        captured_on,
        max(quantity) filter (where audience = 'visits') as views,
        max(quantity) filter (where audience = 'clicks') as clicks
    from referrers
    group by month, platform, account, value, time_window, captured_on
),

last_windows as (
    select *
    from windows
    qualify captured_on = max(captured_on) over (
        partition by month, platform, account, part, time_window
    )
),

parts as (
    select
        month,
        platform,
        account,
        part,
        name_id,
        name,
        time_window,
        captured_on,
        day_count,
        views,
        clicks,
        is_partial
    from months

    union all

    select
        month,
        platform,
        account,
        part,
        name_id,
        name,
        time_window,
        captured_on,
        null::bigint as day_count,
        views,
        clicks,
        null::boolean as is_partial
    from last_windows
)

select
    parts.month,
    parts.platform,
    parts.account,
    parts.part,
    parts.name_id,
    parts.name,
    parts.time_window,
    parts.captured_on,
    parts.day_count,
    parts.views,
    parts.clicks,
    case when parts.views > 0 then parts.clicks / parts.views end::decimal(24, 9) as click_rate,
    (
        parts.clicks / nullif(
            sum(parts.clicks) over (
                partition by
                    parts.month,
                    parts.platform,
                    parts.account,
                    parts.part,
                    parts.time_window
            ),
            0
        )
    )::decimal(9, 6) as share_of_clicks,
    parts.is_partial
from parts
