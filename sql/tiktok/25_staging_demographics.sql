-- One row per account, day, dimension and value: who follows, and when they are active.
-- key: account, captured_on, dimension, value
-- feeds: demographics
with shares as (
    select *
    from staging.tiktok__follower_shares
),

activity as (
    select *
    from staging.tiktok__follower_activity
)

select
    shares.captured_on,
    shares.month,
    'tiktok' as platform,
    shares.handle as profile,
    'tiktok' as source,
    shares.account,
    'followers' as audience,
    'lifetime' as time_window,
    shares.dimension,
    shares.value,
    shares.share,
    null::bigint as quantity,
    shares._drop,
    shares._file,
    shares._row
from shares
union all
select
    activity.date as captured_on,
    activity.month,
    'tiktok' as platform,
    activity.handle as profile,
    'tiktok' as source,
    activity.account,
    'followers' as audience,
    'hour' as time_window,
    'hour' as dimension,
    activity.hour::varchar as value,
    null::decimal(9, 6) as share,
    activity.active_followers as quantity,
    activity._drop,
    activity._file,
    activity._row
from activity
