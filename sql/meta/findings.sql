-- One row per thing a person should know: schema drift, file warnings, broken scripts.
select run, logged_at, code, severity, file, message, next
from meta.journal
where kind = 'finding'
