-- One row per line of the bulk report: a day, video, country and kind of viewer.
-- partition: month
-- key: month, account, date, channel_id, video_id, live_or_on_demand, subscribed_status, country_code
-- incremental: required
--
-- Without a video: deleted ones, and what happened on the channel itself.
with bulk as (
    select *
    from raw.youtube__channel_basic
)

select
    bulk.account,
    bulk.channel_id,
    bulk.date,
    bulk.month,
    trimmed(bulk.video_id) as video_id,
    trimmed(bulk.live_or_on_demand) as live_or_on_demand,
    trimmed(bulk.subscribed_status) as subscribed_status,
    trimmed(bulk.country_code) as country_code,
    known(bulk.views)::bigint as views,
    known(bulk.engaged_views)::bigint as engaged_views,
    known(bulk.watch_time_minutes)::decimal(24, 6) as watch_minutes,
    known(bulk.likes)::bigint as likes,
    known(bulk.comments)::bigint as comments,
    known(bulk.shares)::bigint as shares,
    known(bulk.subscribers_gained)::bigint as subscribers_gained,
    known(bulk.subscribers_lost)::bigint as subscribers_lost,
    bulk._drop,
    bulk._file,
    bulk._row
from bulk
