-- One row per table and run that looked at it.
select
    run, table_name, started_at, duration_ms, rows_out as rows, bytes_out as bytes,
    partitions_built, partitions_kept, message as stale
from meta.journal
where kind = 'table'
