-- One row per account, song title and day: streams of the song on Spotify.
-- partition: month
-- key: month, account, song_title, date
-- check: coalesce(streams, 0) >= 0
--
-- Part of the artist's number in the audience timeline, so it feeds no streams: it would be
-- counted twice.
with days as (
    select account, song, date, month, streams, is_partial, _drop, _file, _row
    from raw.spotify__song_timeline
)

select
    days.account,
    trimmed(days.song) as song_title,
    days.date,
    days.month,
    known(days.streams)::bigint as streams,
    days.is_partial,
    days._drop,
    days._file,
    days._row
from days
