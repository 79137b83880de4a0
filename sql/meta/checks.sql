-- One row per check and run: its value beside its limit.
select run, logged_at, table_name, "check" as check_name, severity, code as result, value, "limit", message
from meta.journal
where kind = 'check'
