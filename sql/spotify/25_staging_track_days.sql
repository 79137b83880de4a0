-- One row per account, song title and day: streams of the song.
-- partition: month
-- key: month, account, track_title, date
-- incremental: required
-- feeds: track_streams
--
-- Spotify writes _ for ? / : in the file's name, which is all that names the song.
with days as (
    select account, song_title, date, month, streams, is_partial, _drop, _file, _row
    from staging.spotify__song_daily
    where streams is not null
)

select
    days.date,
    days.month,
    'spotify' as platform,
    'spotify' as source,
    days.account,
    'day' as time_window,
    null::varchar as isrc,
    null::varchar as artist_name,
    days.song_title as track_title,
    days.streams,
    null::bigint as listeners,
    null::bigint as saves,
    days.is_partial,
    days._drop,
    days._file,
    days._row
from days
