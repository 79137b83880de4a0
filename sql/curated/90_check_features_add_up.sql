-- One row per month whose streams by artist differ between streams_daily and features_daily.
-- severity: error
with streams_daily as (
    select month, streams
    from curated.streams_daily
    where artist is not null
),

features_daily as (
    select month, streams
    from curated.features_daily
    where streams is not null
),

days as (
    select month, sum(streams)::bigint as streams
    from streams_daily
    group by month
),

features as (
    select month, sum(streams)::bigint as streams
    from features_daily
    group by month
)

select
    coalesce(days.month, features.month) as month,
    days.streams as daily_streams,
    features.streams as feature_streams
from days
full join features on days.month = features.month
where days.streams is distinct from features.streams
order by month
