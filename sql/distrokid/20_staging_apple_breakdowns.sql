-- One row per account, day of capture, chart and label: the smaller Apple Music charts.
-- partition: month
-- key: none
-- check: streams >= 0
--
-- Albums, sources, container types, end reasons, offline, gender, age and playlists of the year
-- before, and its months (MM-YY) and weeks (WW/YY). Pictures of a rolling year: never add two up.
-- Albums and playlists may share a name, so a label is no key.
with points as (
    select account, date, month, chart, field, value, id, _drop, _file, _row
    from raw.distrokid__applemusic
    where chart not in ('last365days', 'country1year', 'devices1year', 'tracks1year')
)

select
    points.account,
    points.date as captured_on,
    points.month,
    points.chart,
    trimmed(points.field) as label,
    trimmed(points.id) as distrokid_id,
    points.value::bigint as streams,
    points._drop,
    points._file,
    points._row
from points
