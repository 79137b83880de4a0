-- One row per account and day: what people did on the channel.
-- partition: month
-- key: month, account, date
-- incremental: required
-- feeds: engagement_daily
--
-- views changed its meaning on two days (staging.youtube__days.views_definition), engaged_views did
-- not.
with days as (
    select *
    from staging.youtube__days
)

select
    days.date,
    days.month,
    'youtube' as platform,
    days.channel_id as profile,
    'youtube' as source,
    days.account,
    days.views,
    days.engaged_views,
    null::bigint as reach,
    null::bigint as profile_views,
    days.likes,
    days.comments,
    days.shares,
    null::bigint as saves,
    null::bigint as link_clicks,
    days.watch_hours,
    days.is_partial,
    days._drop,
    days._file,
    days._row
from days
