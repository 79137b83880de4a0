-- One row per account, artist and day: what Spotify itself says was streamed.
-- partition: month
-- key: month, account, artist_name, date
-- check: streams >= 0
-- feeds: streams
--
-- Spotify's own count is the most trusted word on Spotify streams. Days without a number are left
-- out: unknown is not zero.
with audience as (
    select account, artist_name, date, month, streams, is_partial, _drop, _file, _row
    from staging.spotify__audience_daily
    where streams is not null
)

select
    audience.date,
    audience.month,
    'spotify' as platform,
    audience.artist_name,
    'spotify' as source,
    audience.account,
    'spotify_for_artists' as reporter,
    90::bigint as trust,
    audience.streams,
    audience.is_partial,
    audience._drop,
    audience._file,
    audience._row
from audience
