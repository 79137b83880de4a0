-- One row per account, artist, window, day of capture and playlist (and song, in one variant).
-- partition: month
-- key: none
-- incremental: required
-- feeds: playlists
with playlists as (
    select
        account,
        artist_name,
        time_window,
        captured_on,
        month,
        song_title,
        playlist_title,
        author,
        listeners,
        streams,
        date_added,
        _drop,
        _file,
        _row
    from staging.spotify__playlists
)

select
    playlists.captured_on,
    playlists.month,
    'spotify' as platform,
    'spotify' as source,
    playlists.account,
    playlists.time_window,
    playlists.artist_name,
    playlists.song_title as track_title,
    playlists.playlist_title,
    playlists.author,
    playlists.streams,
    playlists.listeners,
    playlists.date_added,
    playlists._drop,
    playlists._file,
    playlists._row
from playlists
