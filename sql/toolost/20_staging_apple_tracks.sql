-- One row per account, day of capture and recording: its Apple Music streams of the year so far.
-- partition: month
-- key: none
-- check: streams >= 0
--
-- Pictures of one growing year: never add two up. A recording on two releases may stand twice.
with points as (
    select account, date, month, isrc, track, release, streams, _drop, _file, _row
    from raw.toolost__apple
    where list = 'tracksTotal'
)

select
    points.account,
    points.date as captured_on,
    points.month,
    isrc_key(points.isrc) as isrc,
    trimmed(points.track) as track_title,
    trimmed(points.release) as release_title,
    points.streams::bigint as streams,
    points._drop,
    points._file,
    points._row
from points
