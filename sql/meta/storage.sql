-- One row per zone and run: how much is there.
select run, logged_at, zone, files, bytes, free_disk_bytes
from meta.journal
where kind = 'storage'
