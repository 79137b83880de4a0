-- One row per thing that a run was to fetch of a source: by which door, for which days, what came.
select
    run, logged_at, source, stream, account, door, status as outcome, since::date as since, until::date as until,
    drop_id, requests, bytes_in as bytes, code, message, next
from meta.journal
where kind = 'fetch'
