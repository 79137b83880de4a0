-- One row per account, channel and day: its subscribers, and how many came and went.
-- key: account, date, profile
-- feeds: audience
--
-- The level is a snapshot of the day it was taken, in UTC, rounded by YouTube to three digits;
-- those who came and went are of Pacific days, and two to three days behind. Where a report does
-- not say its channel, it is the account's only one.
with channels as (
    select *
    from staging.youtube__channels
),

days as (
    select *
    from staging.youtube__days
    where subscribers_gained is not null or subscribers_lost is not null
),

only_channel as (
    select account, min(channel_id) as channel_id
    from channels
    group by account
    having count(distinct channel_id) = 1
),

changes as (
    select
        days.account,
        days.date,
        days.month,
        coalesce(days.channel_id, only_channel.channel_id) as channel_id,
        days.subscribers_gained,
        days.subscribers_lost,
        days.is_partial,
        days._drop,
        days._file,
        days._row
    from days
    left join only_channel on days.account = only_channel.account
)

select
    coalesce(channels.captured_on, changes.date) as date,
    coalesce(channels.month, changes.month) as month,
    'youtube' as platform,
    coalesce(channels.channel_id, changes.channel_id) as profile,
    'youtube' as source,
    coalesce(channels.account, changes.account) as account,
    channels.subscribers as followers,
    changes.subscribers_gained as new_followers,
    changes.subscribers_lost as lost_followers,
    null::bigint as listeners,
    null::bigint as monthly_listeners,
    null::bigint as viewers,
    coalesce(changes.is_partial, false) as is_partial,
    coalesce(channels._drop, changes._drop) as _drop,
    coalesce(channels._file, changes._file) as _file,
    coalesce(channels._row, changes._row) as _row
from channels
full join changes
    on channels.account = changes.account
    and channels.captured_on = changes.date
    and channels.channel_id = changes.channel_id
where channels.subscribers is not null or changes.account is not null
