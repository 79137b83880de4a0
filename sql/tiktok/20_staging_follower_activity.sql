-- One row per account, day and hour: followers who were active.
-- partition: month
-- key: month, account, date, hour
-- incremental: required
with activity as (
    select account, handle, hour, active_followers, date, month, _drop, _file, _row
    from raw.tiktok__follower_activity
)

select
    activity.account,
    activity.handle,
    activity.date,
    activity.month,
    activity.hour::bigint as hour,
    studio_count(activity.active_followers)::bigint as active_followers,
    activity._drop,
    activity._file,
    activity._row
from activity
