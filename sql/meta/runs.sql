-- One row per run: what it was asked, how it ended, what it published.
select
    run,
    max(command) as command,
    min(logged_at) as started_at,
    max(logged_at) filter (where status is not null) as ended_at,
    coalesce(max(status), 'running') as status,
    max(exit) as exit_code,
    max(version) as version,
    max(run_date) as run_date,
    max(env) as environment,
    max(peak_memory_bytes) as peak_memory_bytes,
    max(spill_bytes) as spill_bytes,
    max(free_disk_bytes) as free_disk_bytes
from meta.journal
where kind = 'run'
group by run
