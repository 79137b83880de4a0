-- One row per month and platform whose streams in platform_preference are not stream_growth's.
-- severity: error
--
-- Those of stream_growth are held against streams_daily by a check of their own.
with stream_growth as (
    select strftime(period_start, '%Y-%m') as month, platform, sum(streams)::bigint as streams
    from curated.stream_growth
    where period = 'month'
    group by period_start, platform
),

platform_preference as (
    select month, platform, streams
    from curated.platform_preference
    where artist is null
)

select
    coalesce(stream_growth.month, platform_preference.month) as month,
    coalesce(stream_growth.platform, platform_preference.platform) as platform,
    stream_growth.streams as growth_streams,
    platform_preference.streams as platform_streams
from stream_growth
full join platform_preference
    on stream_growth.month = platform_preference.month
    and stream_growth.platform = platform_preference.platform
where stream_growth.streams is distinct from platform_preference.streams
order by month, platform
