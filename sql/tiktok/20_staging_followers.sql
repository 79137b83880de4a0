-- One row per account and day: followers at its end, and how many more than the day before.
-- key: account, date
-- check: coalesce(followers, 0) >= 0
--
-- The change is counted from the followers themselves: the file's own difference is against the day
-- before in some exports and the day after in others. Unknown where the day before is.
with history as (
    select
        account,
        handle,
        studio_count(followers)::bigint as followers,
        date,
        month,
        is_partial,
        _drop,
        _file,
        _row
    from raw.tiktok__follower_history
),

followed as (
    select
        history.*,
        lag(history.date) over days as day_before,
        lag(history.followers) over days as followers_before
    from history
    window days as (partition by history.account order by history.date)
)

select
    followed.account,
    followed.handle,
    followed.date,
    followed.month,
    followed.followers,
    case
        when followed.day_before = followed.date - 1
            then followed.followers - followed.followers_before
    end as change,
    followed.is_partial,
    followed._drop,
    followed._file,
    followed._row
from followed
