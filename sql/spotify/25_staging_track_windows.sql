-- One row per account, artist, window, day of capture and song: from the song lists and windows.
-- partition: month
-- key: none
-- incremental: required
-- feeds: track_streams
--
-- The web page knows song and artist by their Spotify ids, which the Web API resolves to ISRC and
-- name where they were looked up; the CSV knows them by name only.
with windows as (
    select
        account,
        spotify_artist_id,
        time_window,
        captured_on,
        month,
        spotify_track_id,
        track_title,
        streams,
        listeners,
        savers,
        _drop,
        _file,
        _row
    from staging.spotify__song_windows
),

songs as (
    select
        account,
        artist_name,
        time_window,
        captured_on,
        month,
        song_title,
        streams,
        listeners,
        saves,
        _drop,
        _file,
        _row
    from staging.spotify__songs
),

artist_names as (
    select spotify_artist_id, artist_name
    from staging.spotify__artist_names
),

isrcs as (
    select spotify_track_id, isrc
    from staging.spotify__track_isrcs
)

select
    windows.captured_on as date,
    windows.month,
    'spotify' as platform,
    'spotify' as source,
    windows.account,
    windows.time_window,
    isrcs.isrc,
    artist_names.artist_name,
    windows.track_title,
    windows.streams,
    windows.listeners,
    windows.savers as saves,
    false as is_partial,
    windows._drop,
    windows._file,
    windows._row
from windows
left join isrcs on windows.spotify_track_id = isrcs.spotify_track_id
left join artist_names on windows.spotify_artist_id = artist_names.spotify_artist_id
union all
select
    songs.captured_on as date,
    songs.month,
    'spotify' as platform,
    'spotify' as source,
    songs.account,
    songs.time_window,
    null::varchar as isrc,
    songs.artist_name,
    songs.song_title as track_title,
    songs.streams,
    songs.listeners,
    songs.saves,
    false as is_partial,
    songs._drop,
    songs._file,
    songs._row
from songs
