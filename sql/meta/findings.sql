-- One row per thing a person should know: schema drift, file warnings, broken scripts, failed checks.
select
    run,
    logged_at,
    case when kind = 'check' then 'check_failed' else code end as code,
    severity,
    coalesce(file, table_name) as about,
    message,
    next
from meta.journal
where kind = 'finding' or (kind = 'check' and code = 'fail')
