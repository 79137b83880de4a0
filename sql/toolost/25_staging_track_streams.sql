-- One row per account, day of capture and recording: its Apple Music streams of the year so far.
-- partition: month
-- key: none
-- incremental: required
-- feeds: track_streams
--
-- A recording on two releases may stand twice: its streams are added up, one line for each day.
with tracks as (
    select account, captured_on, month, isrc, track_title, streams, _drop, _file, _row
    from staging.toolost__apple_tracks
)

select
    tracks.captured_on as date,
    tracks.month,
    'apple_music' as platform,
    'toolost' as source,
    tracks.account,
    'year_to_date' as time_window,
    tracks.isrc,
    null::varchar as artist_name,
    min(tracks.track_title) as track_title,
    sum(tracks.streams)::bigint as streams,
    null::bigint as listeners,
    null::bigint as saves,
    false as is_partial,
    max(tracks._drop) as _drop,
    min(tracks._file) as _file,
    min(tracks._row) as _row
from tracks
group by
    tracks.captured_on,
    tracks.month,
    tracks.account,
    tracks.isrc,
    case when tracks.isrc is null then tracks.track_title end
