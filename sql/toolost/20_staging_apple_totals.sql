-- One row per account and day of capture: the grand total the portal shows for the year so far.
-- partition: month
-- key: month, account, captured_on
-- check: streams >= 0
--
-- Only there to be compared: days, tracks and countries each add up to it.
with points as (
    select account, date, month, streams, _drop, _file, _row
    from raw.toolost__apple
    where list = 'streamTotal'
)

select
    points.account,
    points.date as captured_on,
    points.month,
    points.streams::bigint as streams,
    points._drop,
    points._file,
    points._row
from points
