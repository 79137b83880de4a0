-- One row per Studio row whose day does not follow that of the row before it.
-- severity: error
--
-- Years are put back on dates by rule; rows of a file are days in order without a gap, so a rule
-- that went wrong shows here.
with overview as (
    select 'overview' as stream, account, date, _drop, _file, _row
    from staging.tiktok__overview
),

followers as (
    select 'follower_history' as stream, account, date, _drop, _file, _row
    from staging.tiktok__followers
),

viewers as (
    select 'viewers' as stream, account, date, _drop, _file, _row
    from staging.tiktok__viewers
),

days as (
    select * from overview
    union all
    select * from followers
    union all
    select * from viewers
),

followed as (
    select
        days.*,
        lag(days.date) over file as day_before,
        lag(days._row) over file as row_before
    from days
    window file as (partition by days.stream, days._drop, days._file order by days._row)
)

select
    followed.stream,
    followed.account,
    followed.date,
    followed.day_before,
    followed._file,
    followed._row
from followed
where followed.row_before = followed._row - 1
    and followed.day_before != followed.date - 1
order by followed.stream, followed.account, followed.date, followed._row
