-- One row per account and day: Apple Music streams of what TooLost distributed.
-- partition: month
-- key: month, account, date
-- check: streams >= 0
-- feeds: streams
--
-- A day that is missing between others had no streams or is not told: it stays missing.
with points as (
    select account, date, month, streams, is_partial, _drop, _file, _row
    from raw.toolost__apple
    where list = 'totalStreams'
)

select
    points.date,
    points.month,
    'apple_music' as platform,
    null::varchar as artist_name,
    'toolost' as source,
    points.account,
    'toolost_portal' as reporter,
    60::bigint as trust,
    points.streams::bigint as streams,
    points.is_partial,
    points._drop,
    points._file,
    points._row
from points
