-- One row per account and day: DistroKid's estimate of the Spotify streams it distributed.
-- partition: month
-- key: month, account, date
-- check: streams >= 0
-- feeds: streams
--
-- Read from the 365-day chart alone: the 60-day chart repeats its days, the weekly and monthly
-- ones add them up.
with points as (
    select account, date, month, streams, is_partial, _drop, _file, _row
    from raw.distrokid__streams
    where chart = 'trend365day'
)

select
    points.date,
    points.month,
    'spotify' as platform,
    null::varchar as artist_name,
    'distrokid' as source,
    points.account,
    'distrokid_stats' as reporter,
    50::bigint as trust,
    points.streams::bigint as streams,
    points.is_partial,
    points._drop,
    points._file,
    points._row
from points
