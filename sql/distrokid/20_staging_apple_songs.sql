-- One row per account, day of capture and song of Apple Music's top ten of the year before.
-- partition: month
-- key: month, account, captured_on, song_rank
-- check: streams >= 0
--
-- Songs carry DistroKid's own id and no ISRC. Only the first ten are shown: a song that is missing
-- was not necessarily silent.
with points as (
    select account, date, month, field, value, id, _drop, _file, _row
    from raw.distrokid__applemusic
    where chart = 'tracks1year'
)

select
    points.account,
    points.date as captured_on,
    points.month,
    row_number() over (
        partition by points.month, points.account, points.date
        order by points.value::bigint desc, points._file, points._row
    ) as song_rank,
    trimmed(points.id) as distrokid_song_id,
    trimmed(points.field) as song_title,
    points.value::bigint as streams,
    points._drop,
    points._file,
    points._row
from points
