-- One row per account, day or window, dimension and value of a report of the Analytics API.
-- partition: month
-- key: month, account, report, filter, time_window, date, value
-- incremental: required
-- check: share is null or share between 0 and 1
--
-- Never add a part to the channel, nor parts by one dimension to those by another: they are views
-- of the same numbers. A window is of the day it was taken, and windows overlap.
with report as (
    select *
    from raw.youtube__analytics
    where filter = 'all'
        and report in (
            'video',
            'country',
            'ageGroup,gender',
            'insightTrafficSourceType',
            'creatorContentType',
            'country,day',
            'day,insightTrafficSourceType',
            'creatorContentType,day'
        )
        or filter != 'all' and report = 'day'
)

select
    report.account,
    report.channel_id,
    report.report,
    report.filter,
    report.time_window,
    report.first_day,
    report.last_day,
    report.date,
    report.month,
    case
        when report.filter != 'all' then split_part(report.filter, '=', 1)
        when report.age_group is not null then 'age_gender'
        when report.video_id is not null then 'video'
        when report.country is not null then 'country'
        when report.traffic_source is not null then 'traffic_source'
        when report.content_type is not null then 'content_type'
    end as dimension,
    case
        when report.filter != 'all' then split_part(report.filter, '=', 2)
        else concat_ws(
            ', ',
            regexp_replace(report.age_group, '^age', ''),
            report.gender,
            report.video_id,
            report.country,
            report.traffic_source,
            report.content_type
        )
    end as value,
    (known(report.viewer_percentage)::decimal(9, 4) * 0.01)::decimal(9, 6) as share,
    known(report.views)::bigint as views,
    known(report.engaged_views)::bigint as engaged_views,
    known(report.watch_minutes)::bigint as watch_minutes,
    report.is_partial,
    report._drop,
    report._file,
    report._row
from report
