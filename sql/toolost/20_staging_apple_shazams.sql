-- One row per account and day: how often songs were looked for with Shazam.
-- partition: month
-- key: month, account, date
-- check: shazams >= 0
--
-- The portal calls them streams; they are none.
with points as (
    select account, date, month, streams, is_partial, _drop, _file, _row
    from raw.toolost__apple
    where list = 'totalShazam'
)

select
    points.account,
    points.date,
    points.month,
    points.streams::bigint as shazams,
    points.is_partial,
    points._drop,
    points._file,
    points._row
from points
