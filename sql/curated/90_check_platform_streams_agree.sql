-- One row per month and platform whose streams in platform_preference are not streams_daily's.
-- severity: error
with streams_daily as (
    select month, platform, sum(streams)::bigint as streams
    from curated.streams_daily
    group by month, platform
),

platform_preference as (
    select month, platform, streams
    from curated.platform_preference
    where artist is null
)

select
    coalesce(streams_daily.month, platform_preference.month) as month,
    coalesce(streams_daily.platform, platform_preference.platform) as platform,
    streams_daily.streams as daily_streams,
    platform_preference.streams as platform_streams
from streams_daily
full join platform_preference
    on streams_daily.month = platform_preference.month
    and streams_daily.platform = platform_preference.platform
where streams_daily.streams is distinct from platform_preference.streams
order by month, platform
