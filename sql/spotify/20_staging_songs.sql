-- One row per account, artist, window, day of capture and song.
-- partition: month
-- key: none
-- check: coalesce(streams, 0) >= 0
--
-- Windows overlap (1day in 7day in 28day in 1year in all): never add them up. For the window
-- "all" Spotify writes 0 listeners and 0 saves for every song: that is "not told", so NULL.
-- A song has no ISRC here and two may share a title, so there is no key.
with songs as (
    select
        account,
        artist,
        time_window,
        month,
        captured_on,
        song,
        listeners,
        streams,
        saves,
        release_date,
        _drop,
        _file,
        _row
    from raw.spotify__songs
)

select
    songs.account,
    trimmed(songs.artist) as artist_name,
    songs.time_window,
    songs.captured_on::date as captured_on,
    songs.month,
    trimmed(songs.song) as song_title,
    case when songs.time_window != 'all' then known(songs.listeners)::bigint end as listeners,
    known(songs.streams)::bigint as streams,
    case when songs.time_window != 'all' then known(songs.saves)::bigint end as saves,
    iso_date(known(songs.release_date)) as release_date,
    songs._drop,
    songs._file,
    songs._row
from songs
