-- One row per account, artist, window, day of capture and playlist (and song, in one variant).
-- partition: month
-- key: none
-- check: coalesce(streams, 0) >= 0
--
-- date_added is n/a for all of Spotify's own playlists, sometimes - or empty: unknown. Windows
-- overlap and must not be added up; playlists of one name by one author occur.
with playlists as (
    select
        account,
        artist,
        time_window,
        month,
        captured_on,
        song,
        title,
        author,
        listeners,
        streams,
        date_added,
        _drop,
        _file,
        _row
    from raw.spotify__playlists
)

select
    playlists.account,
    trimmed(playlists.artist) as artist_name,
    playlists.time_window,
    playlists.captured_on::date as captured_on,
    playlists.month,
    trimmed(playlists.song) as song_title,
    trimmed(playlists.title) as playlist_title,
    trimmed(playlists.author) as author,
    known(playlists.listeners)::bigint as listeners,
    known(playlists.streams)::bigint as streams,
    iso_date(known(playlists.date_added)) as date_added,
    playlists._drop,
    playlists._file,
    playlists._row
from playlists
