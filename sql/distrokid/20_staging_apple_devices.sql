-- One row per account, day of capture and device: Apple Music streams of the year before.
-- partition: month
-- key: month, account, captured_on, device
-- check: streams >= 0
--
-- Pictures of a rolling year: two of them overlap and must not be added up.
with points as (
    select account, date, month, field, value, _drop, _file, _row
    from raw.distrokid__applemusic
    where chart = 'devices1year'
)

select
    points.account,
    points.date as captured_on,
    points.month,
    trimmed(points.field) as device,
    points.value::bigint as streams,
    points._drop,
    points._file,
    points._row
from points
