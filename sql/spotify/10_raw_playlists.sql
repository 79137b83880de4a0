-- One row per playlist in a Spotify for Artists playlist list, for one artist and time window.
-- format: csv
-- columns: title, author, listeners, streams, [date_added], [song]
-- file: (?P<artist>.+)-playlists-(?P<window>1day|7day|28day|1year|all).*
-- partition: account, artist, time_window, month, captured_on
--
-- As with songs, artist and window are in the file's name and the day is that of the capture.
-- One variant names the song in each line and leaves out date_added.
select
    artist,
    "window" as time_window,
    song,
    title,
    author,
    listeners,
    streams,
    date_added,
    strftime(_as_of, '%Y-%m') as month,
    strftime(_as_of, '%Y-%m-%d') as captured_on,
    case
        when trimmed(artist) is null or trimmed("window") is null
            then 'the file name does not say artist and window (ARTIST-playlists-28day.csv)'
        when trimmed(title) is null then 'title is empty'
        when not is_count_or_unknown(listeners) then 'listeners is not a whole number'
        when not is_count_or_unknown(streams) then 'streams is not a whole number'
        when known(date_added) is not null and iso_date(date_added) is null
            then 'date_added is not a day (YYYY-MM-DD)'
    end as reject_reason
from landing
