-- One row per song in a Spotify for Artists song list, for one artist and time window.
-- format: csv
-- columns: song, listeners, streams, saves, release_date
-- file: (?P<artist>.+)-songs-(?P<window>1day|7day|28day|1year|all).*
-- partition: account, artist, time_window, month, captured_on
--
-- Artist, window and day stand in no line: the first two are in the file's name, the day is that
-- of the capture. A renamed download has lost them and must be given them again.
select
    artist,
    "window" as time_window,
    song,
    listeners,
    streams,
    saves,
    release_date,
    strftime(_as_of, '%Y-%m') as month,
    strftime(_as_of, '%Y-%m-%d') as captured_on,
    case
        when trimmed(artist) is null or trimmed("window") is null
            then 'the file name does not say artist and window (ARTIST-songs-28day.csv)'
        when trimmed(song) is null then 'song is empty'
        when not is_count_or_unknown(listeners) then 'listeners is not a whole number'
        when not is_count_or_unknown(streams) then 'streams is not a whole number'
        when not is_count_or_unknown(saves) then 'saves is not a whole number'
    end as reject_reason
from landing
