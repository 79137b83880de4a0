-- One row per account, day and metric of a profile in Meta Business Suite.
-- partition: month
-- key: month, account, date, metric
-- incremental: required
with suite_daily as (
    select account, metric, title, value, date, month, is_partial, _drop, _file, _row
    from raw.instagram__suite_daily
)

select
    suite_daily.account,
    suite_daily.date,
    suite_daily.month,
    suite_daily.metric,
    trim(suite_daily.title) as title,
    known(suite_daily.value)::bigint as value,
    suite_daily.is_partial,
    suite_daily._drop,
    suite_daily._file,
    suite_daily._row
from suite_daily
