-- One row per day and hour of followers being active, in TikTok Studio, as text.
-- format: csv
-- columns: Date, Hour, Active followers
-- file: Followers_(?P<first_day>\d{4}-\d{2}-\d{2})_(?P<as_of>\d{10})(?:_(?P<handle>[A-Za-z0-9._]+?))?(?: ?\(\d+\))?\.(?:zip|csv|xlsx)
-- file: Followers_(?P<handle>[A-Za-z0-9._]+?)(?: ?\(\d+\))?\.(?:zip|csv|xlsx)
-- identity: handle
-- last: Date
-- empty: allowed
-- untold: is_untold
-- partition: account, month, date
-- fresh: 3d
--
-- Seven days of twenty-four hours.
with windowed as (
    select *, window_end(first_day, _last, _as_of) as last_day
    from landing
),

dated as (
    select *, day_until("Date", last_day) as day
    from windowed
)

select
    handle,
    "Hour" as hour,
    "Active followers" as active_followers,
    day as date,
    month_of(day) as month,
    studio_count("Active followers") is null as is_untold,
    case
        when day is null
            then 'Date is no day and month in a language known'
        when not coalesce(regexp_full_match(trim("Hour"), '[01]?\d|2[0-3]'), false)
            then 'Hour is not 0 to 23'
        when not is_studio_count("Active followers") then 'Active followers is not a whole number'
    end as reject_reason
from dated
