-- One row per account and day: Apple Music streams of what DistroKid distributed.
-- partition: month
-- key: month, account, date
-- check: streams >= 0
-- feeds: streams
--
-- The stats page and the statement can differ by a factor of 2.8 for Apple: compare, never force.
with points as (
    select account, date, month, value, is_partial, _drop, _file, _row
    from raw.distrokid__applemusic
    where chart = 'last365days'
)

select
    points.date,
    points.month,
    'apple_music' as platform,
    null::varchar as artist_name,
    'distrokid' as source,
    points.account,
    'distrokid_stats' as reporter,
    50::bigint as trust,
    points.value::bigint as streams,
    points.is_partial,
    points._drop,
    points._file,
    points._row
from points
