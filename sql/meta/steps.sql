-- One row per step of a run: which source, account and table, when, how long, how much.
select
    run, step, source, stream, account, table_name, drop_id, why, started_at, duration_ms,
    rows_in, rows_out, bytes_in, bytes_out, rejects
from meta.journal
where kind = 'step'
