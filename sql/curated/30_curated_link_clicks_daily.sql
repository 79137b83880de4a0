-- One row per day, link page and link (NULL: the whole page): who came and who clicked.
-- partition: month
-- key: month, date, platform, account, link_id
-- incremental: required
-- check: (click_rate is null) = (clicks is null or coalesce(views, 0) <= 0)
-- export: yes
-- column date: Day of the visits, as the page cuts it.
-- column month: Month (YYYY-MM) of the day.
-- column platform: Platform of the link page.
-- column account: Account of the link page.
-- column link_id: Id of the link; NULL for the whole page: links are part of it.
-- column link_title: Title of the link.
-- column source: Source that was taken.
-- column views: Visits of the page, or times the link was shown.
-- column unique_views: People who came on the day; they do not add up over days.
-- column clicks: Clicks; a visit may click several times.
-- column unique_clicks: People who clicked on the day; they do not add up over days.
-- column click_rate: clicks by views, which may exceed 1; NULL without views.
-- column is_partial: The day is not finished.
--
-- Reporters of one page are never added: the finished day counts first, then the larger views.
with link_clicks as (
    select
        date,
        month,
        platform,
        source,
        account,
        link_id,
        link_title,
        views,
        unique_views,
        clicks,
        unique_clicks,
        is_partial
    from feeds.link_clicks
),

one_reporter as (
    select *
    from link_clicks
    qualify row_number() over (
        partition by month, date, platform, account, link_id
        order by is_partial, views desc nulls last, clicks desc nulls last, source
    ) = 1
)

select
    one_reporter.date,
    one_reporter.month,
    one_reporter.platform,
    one_reporter.account,
    one_reporter.link_id,
    one_reporter.link_title,
    one_reporter.source,
    one_reporter.views,
    one_reporter.unique_views,
    one_reporter.clicks,
    one_reporter.unique_clicks,
    case
        when one_reporter.views > 0 then one_reporter.clicks / one_reporter.views
    end::decimal(24, 9) as click_rate,
    one_reporter.is_partial
from one_reporter
