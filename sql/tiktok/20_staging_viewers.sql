-- One row per account and day: people who watched.
-- partition: month
-- key: month, account, date
-- incremental: required
-- check: coalesce(total_viewers, 0) >= 0
--
-- Without a total the two parts are zeros that mean nothing.
with viewers as (
    select
        account,
        handle,
        studio_count(total_viewers)::bigint as total_viewers,
        studio_count(new_viewers)::bigint as new_viewers,
        studio_count(returning_viewers)::bigint as returning_viewers,
        date,
        month,
        is_partial,
        _drop,
        _file,
        _row
    from raw.tiktok__viewers
)

select
    viewers.account,
    viewers.handle,
    viewers.date,
    viewers.month,
    viewers.total_viewers,
    case when viewers.total_viewers is not null then viewers.new_viewers end as new_viewers,
    case
        when viewers.total_viewers is not null then viewers.returning_viewers
    end as returning_viewers,
    viewers.is_partial,
    viewers._drop,
    viewers._file,
    viewers._row
from viewers
