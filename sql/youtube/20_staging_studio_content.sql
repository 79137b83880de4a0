-- One row per account, day of capture and video of a Studio export: what it gathered in the period.
-- partition: month
-- key: month, account, captured_on, video_id
-- incremental: required
--
-- The period is what whoever exported chose: only lifetime, where the file's name says it, means
-- since publication. Subscribers are those gained less those lost. A video without data has no
-- numbers.
with content as (
    select *
    from raw.youtube__studio_table
    where tab = 'content' and line_kind = 'row'
)

select
    content.account,
    content.date as captured_on,
    content.month,
    content.period,
    content.value as video_id,
    trimmed(content.video_title) as title,
    studio_published(content.video_publish_time) as published_on,
    try_cast(known(content.duration) as bigint) as duration_seconds,
    known(content.views)::bigint as views,
    known(content.engaged_views)::bigint as engaged_views,
    known(content.watch_hours)::decimal(18, 4) as watch_hours,
    known(content.likes)::bigint as likes,
    known(content.comments)::bigint as comments,
    known(content.shares)::bigint as shares,
    known(content.subscribers)::bigint as subscribers,
    known(content.impressions)::bigint as impressions,
    try_cast(known(content.unique_viewers) as bigint) as unique_viewers,
    clock_seconds(content.average_view_duration) as average_view_seconds,
    known(content.estimated_revenue)::decimal(24, 12) as estimated_revenue,
    content.currency,
    content._drop,
    content._file,
    content._row
from content
