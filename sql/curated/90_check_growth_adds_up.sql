-- One row per month and platform whose streams differ between streams_daily and stream_growth.
-- severity: error
with streams_daily as (
    select month, platform, streams
    from curated.streams_daily
),

stream_growth as (
    select strftime(period_start, '%Y-%m') as month, platform, streams
    from curated.stream_growth
    where period = 'month'
),

days as (
    select month, platform, sum(streams)::bigint as streams
    from streams_daily
    group by month, platform
),

months as (
    select month, platform, sum(streams)::bigint as streams
    from stream_growth
    group by month, platform
)

select
    coalesce(days.month, months.month) as month,
    coalesce(days.platform, months.platform) as platform,
    days.streams as daily_streams,
    months.streams as growth_streams
from days
full join months on days.month = months.month and days.platform = months.platform
where days.streams is distinct from months.streams
order by month, platform
