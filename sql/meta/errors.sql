-- One row per failure of a run, and per warning: what happened, where, and what to do next.
select
    id, run, logged_at, code, class, severity, source, stream, account, step, table_name, drop_id, version,
    file as about, message, columns, rule, expected, found, endpoint, attempt, attempts, next, recovered
from meta.journal
where kind = 'error'
