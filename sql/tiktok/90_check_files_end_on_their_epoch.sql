-- One row per Studio overview whose last row is not of the day that the epoch in its name says.
-- severity: warn
--
-- A window's last day is told twice: by its first day and the rows, and by an epoch. Where another
-- file has told the day since, it is that file's; what is missing here is missing everywhere.
with overview as (
    select
        account,
        date,
        _drop,
        _file,
        try_cast(
            regexp_extract(_file, 'Overview_\d{4}-\d{2}-\d{2}_(\d{10})', 1) as bigint
        ) as epoch
    from staging.tiktok__overview
),

files as (
    select
        account,
        _drop,
        _file,
        make_timestamp(epoch * 1000000)::date as end_day,
        max(date) as last_day
    from overview
    where epoch is not null
    group by account, _drop, _file, epoch
)

select
    files.account,
    files.end_day,
    files.last_day,
    files._file
from files
left join overview
    on files.account = overview.account
    and files.end_day = overview.date
where files.last_day > files.end_day or overview.date is null
order by files.account, files.end_day, files._file
