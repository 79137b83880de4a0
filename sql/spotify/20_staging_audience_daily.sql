-- One row per account, artist and day of Spotify's own audience numbers.
-- partition: month
-- key: month, account, artist_name, date
-- check: coalesce(streams, 0) >= 0 and coalesce(listeners, 0) >= 0
-- check warn: streams is null or listeners is null or streams >= listeners
--
-- listeners are unique people of that day and do not add up over days; followers are a level.
-- A metric that an older file version did not have is NULL.
with audience as (
    select
        account,
        artist,
        date,
        month,
        listeners,
        streams,
        followers,
        monthly_listeners,
        monthly_active_listeners,
        super_listeners,
        playlist_adds,
        saves,
        is_partial,
        _drop,
        _file,
        _row
    from raw.spotify__audience
)

select
    audience.account,
    trimmed(audience.artist) as artist_name,
    audience.date,
    audience.month,
    known(audience.listeners)::bigint as listeners,
    known(audience.streams)::bigint as streams,
    known(audience.followers)::bigint as followers,
    try_cast(known(audience.monthly_listeners) as bigint) as monthly_listeners,
    try_cast(known(audience.monthly_active_listeners) as bigint) as monthly_active_listeners,
    try_cast(known(audience.super_listeners) as bigint) as super_listeners,
    try_cast(known(audience.playlist_adds) as bigint) as playlist_adds,
    try_cast(known(audience.saves) as bigint) as saves,
    audience.is_partial,
    audience._drop,
    audience._file,
    audience._row
from audience
