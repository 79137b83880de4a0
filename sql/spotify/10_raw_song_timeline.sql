-- One row per day of one song's streams in Spotify for Artists.
-- format: csv
-- columns: date, streams
-- file: (?P<song>.+)-timeline.*
-- partition: account, song, month, date
-- fresh: 3d
--
-- The song stands in the file's name only, with ? / : written as _, and without the artist. Two
-- songs of one name cannot be told apart: in one import they hold it, since they disagree; of two
-- imports the later one replaces the other, and a check tells of it.
select
    song,
    streams,
    iso_date("date") as date,
    month_of(iso_date("date")) as month,
    iso_date("date") > _as_of::date - 2 as is_partial,
    case
        when trimmed(song) is null then 'the file name does not say the song (SONG-timeline.csv)'
        when iso_date("date") is null then 'date is not a day (YYYY-MM-DD)'
        when not is_count_or_unknown(streams) then 'streams is not a whole number'
    end as reject_reason
from landing
