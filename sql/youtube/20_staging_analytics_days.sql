-- One row per account and day of a channel, by the Analytics API.
-- partition: month
-- key: month, account, date
-- incremental: required
-- check: engaged_views is null or views is null or engaged_views <= views
--
-- Only reports by day about the whole channel. Average durations and percentages are left in raw.
with report as (
    select *
    from raw.youtube__analytics
    where report = 'day' and filter = 'all'
)

select
    report.account,
    report.channel_id,
    report.date,
    report.month,
    known(report.views)::bigint as views,
    known(report.engaged_views)::bigint as engaged_views,
    views_definition(report.date) as views_definition,
    known(report.watch_minutes)::bigint as watch_minutes,
    known(report.likes)::bigint as likes,
    known(report.comments)::bigint as comments,
    known(report.shares)::bigint as shares,
    known(report.subscribers_gained)::bigint as subscribers_gained,
    known(report.subscribers_lost)::bigint as subscribers_lost,
    report.is_partial,
    report._drop,
    report._file,
    report._row
from report
