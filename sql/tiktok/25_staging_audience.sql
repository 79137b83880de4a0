-- One row per account and day: followers and viewers.
-- key: account, date
-- feeds: audience
with followers as (
    select *
    from staging.tiktok__followers
),

viewers as (
    select *
    from staging.tiktok__viewers
)

select
    coalesce(followers.date, viewers.date) as date,
    coalesce(followers.month, viewers.month) as month,
    'tiktok' as platform,
    coalesce(followers.handle, viewers.handle) as profile,
    'tiktok' as source,
    coalesce(followers.account, viewers.account) as account,
    followers.followers,
    case when followers.change > 0 then followers.change when followers.change <= 0 then 0 end
        as new_followers,
    case when followers.change < 0 then -followers.change when followers.change >= 0 then 0 end
        as lost_followers,
    null::bigint as listeners,
    null::bigint as monthly_listeners,
    viewers.total_viewers as viewers,
    coalesce(followers.is_partial, viewers.is_partial) as is_partial,
    coalesce(followers._drop, viewers._drop) as _drop,
    coalesce(followers._file, viewers._file) as _file,
    coalesce(followers._row, viewers._row) as _row
from followers
full join viewers
    on followers.account = viewers.account
    and followers.date = viewers.date
where followers.followers is not null or viewers.total_viewers is not null
