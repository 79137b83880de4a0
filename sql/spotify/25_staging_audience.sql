-- One row per account, artist and day: who listens and follows, as Spotify for Artists says.
-- partition: month
-- key: month, account, profile, date
-- feeds: audience
--
-- A number that an older file did not have is NULL.
with audience as (
    select
        account,
        artist_name,
        date,
        month,
        followers,
        listeners,
        monthly_listeners,
        is_partial,
        _drop,
        _file,
        _row
    from staging.spotify__audience_daily
    where coalesce(followers, listeners, monthly_listeners) is not null
)

select
    audience.date,
    audience.month,
    'spotify' as platform,
    audience.artist_name as profile,
    'spotify' as source,
    audience.account,
    audience.followers,
    null::bigint as new_followers,
    null::bigint as lost_followers,
    audience.listeners,
    audience.monthly_listeners,
    null::bigint as viewers,
    audience.is_partial,
    audience._drop,
    audience._file,
    audience._row
from audience
