-- One row per account, artist, window, day of capture and song by its Spotify id.
-- partition: month
-- key: month, account, spotify_artist_id, time_window, captured_on, spotify_track_id
-- check: coalesce(streams, 0) >= 0
--
-- Windows overlap (1day in 7day in 28day in 1year in all): never add them up. A zero of listeners
-- or savers in the window "all" is "not told", as it is in the CSV.
with songs as (
    select
        account,
        artist_id,
        time_window,
        month,
        captured_on,
        track_id,
        track_name,
        release_date,
        streams,
        listeners,
        savers,
        canvas_views,
        is_disabled,
        _drop,
        _file,
        _row
    from raw.spotify__song_windows
),

counted as (
    select
        songs.* exclude (streams, listeners, savers, canvas_views),
        known(ungrouped(streams))::bigint as streams,
        known(ungrouped(listeners))::bigint as listeners,
        known(ungrouped(savers))::bigint as savers,
        known(ungrouped(canvas_views))::bigint as canvas_views
    from songs
)

select
    counted.account,
    counted.artist_id as spotify_artist_id,
    counted.time_window,
    counted.captured_on::date as captured_on,
    counted.month,
    trim(counted.track_id) as spotify_track_id,
    trimmed(counted.track_name) as track_title,
    counted.streams,
    case
        when counted.time_window = 'all' then nullif(counted.listeners, 0)
        else counted.listeners
    end as listeners,
    case
        when counted.time_window = 'all' then nullif(counted.savers, 0)
        else counted.savers
    end as savers,
    counted.canvas_views,
    try_cast(counted.is_disabled as boolean) as is_disabled,
    iso_date(left(known(counted.release_date), 10)) as release_date,
    counted._drop,
    counted._file,
    counted._row
from counted
