-- One row per goal: a metric of an artist (NULL: the whole label), its target and when it is due.
-- key: metric, artist, due_month
-- check: target > 0
with goals as (
    select metric, artist, target, due_month, _drop, _file, _row
    from raw.catalog__goals
)

select
    lower(trim(goals.metric)) as metric,
    trimmed(goals.artist) as artist,
    goals.target::decimal(24, 12) as target,
    iso_month(goals.due_month) as due_month,
    goals._drop,
    goals._file,
    goals._row
from goals
