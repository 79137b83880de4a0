-- One row per account and day: followers as the API saw them, and who began to follow.
-- key: account, date
-- feeds: audience
--
-- Followers are those of the moment of a look, of which there should be one a night; Business Suite
-- adds how many began to follow on a day, and knows no level.
with profiles as (
    select account, captured_on as date, month, username, followers, _drop, _file, _row
    from staging.instagram__profiles
),

follows as (
    select account, date, month, value as new_followers, is_partial, _drop, _file, _row
    from staging.instagram__suite_daily
    where metric = 'follows'
        and value is not null
)

select
    coalesce(profiles.date, follows.date) as date,
    coalesce(profiles.month, follows.month) as month,
    'instagram' as platform,
    profiles.username as profile,
    'instagram' as source,
    coalesce(profiles.account, follows.account) as account,
    profiles.followers,
    follows.new_followers,
    null::bigint as lost_followers,
    null::bigint as listeners,
    null::bigint as monthly_listeners,
    null::bigint as viewers,
    coalesce(follows.is_partial, false) as is_partial,
    coalesce(profiles._drop, follows._drop) as _drop,
    coalesce(profiles._file, follows._file) as _file,
    coalesce(profiles._row, follows._row) as _row
from profiles
full join follows
    on profiles.account = follows.account
    and profiles.date = follows.date
