-- One row per Studio overview row whose day does not follow that of the row before it.
-- severity: error
--
-- Years are put back on dates by rule; rows of a file are days in order without a gap, so a rule
-- that went wrong shows here.
with overview as (
    select account, date, _drop, _file, _row
    from staging.tiktok__overview
),

followed as (
    select
        overview.*,
        lag(overview.date) over file as day_before,
        lag(overview._row) over file as row_before
    from overview
    window file as (partition by overview._drop, overview._file order by overview._row)
)

select
    followed.account,
    followed.date,
    followed.day_before,
    followed._file,
    followed._row
from followed
where followed.row_before = followed._row - 1
    and followed.day_before != followed.date - 1
order by followed.account, followed.date
