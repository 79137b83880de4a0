-- One row per account, artist and day: streams, listeners, saves and playlist adds.
-- partition: month
-- key: month, account, artist_name, date
-- incremental: required
-- feeds: listening
with audience as (
    select *
    from staging.spotify__audience_daily
    where listeners is not null
)

select
    audience.date,
    audience.month,
    'spotify' as platform,
    audience.artist_name,
    'spotify' as source,
    audience.account,
    audience.streams,
    audience.listeners,
    audience.saves,
    audience.playlist_adds,
    audience.is_partial,
    audience._drop,
    audience._file,
    audience._row
from audience
