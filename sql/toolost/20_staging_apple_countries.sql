-- One row per account, day of capture and country: its Apple Music streams of the year so far.
-- partition: month
-- key: month, account, captured_on, country
-- check: streams >= 0
--
-- Pictures of one growing year: never add two up.
with points as (
    select account, date, month, country, streams, _drop, _file, _row
    from raw.toolost__apple
    where list = 'countryTotal'
)

select
    points.account,
    points.date as captured_on,
    points.month,
    upper(trimmed(points.country)) as country,
    points.streams::bigint as streams,
    points._drop,
    points._file,
    points._row
from points
