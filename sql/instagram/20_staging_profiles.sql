-- One row per account and day of capture: the profile and how many follow it.
-- partition: month
-- key: month, account, captured_on
-- incremental: required
-- check: followers >= 0
with profile as (
    select
        account,
        profile_id,
        username,
        name,
        followers_count,
        follows_count,
        media_count,
        captured_on,
        month,
        _drop,
        _file,
        _row
    from raw.instagram__profile
)

select
    profile.account,
    profile.captured_on,
    profile.month,
    profile.profile_id,
    trimmed(profile.username) as username,
    trimmed(profile.name) as profile_name,
    profile.followers_count::bigint as followers,
    known(profile.follows_count)::bigint as follows,
    known(profile.media_count)::bigint as media_count,
    profile._drop,
    profile._file,
    profile._row
from profile
