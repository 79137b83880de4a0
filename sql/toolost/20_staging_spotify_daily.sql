-- One row per account and day: Spotify streams of what TooLost distributed.
-- partition: month
-- key: month, account, date
-- check: streams >= 0
-- feeds: streams
--
-- The number is of the whole account: the portal tells neither artist nor track by day.
with points as (
    select account, date, month, streams, is_partial, _drop, _file, _row
    from raw.toolost__spotify
    where list = 'streams'
)

select
    points.date,
    points.month,
    'spotify' as platform,
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
