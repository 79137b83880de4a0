-- One row per day of the followers in TikTok Studio, as text.
-- format: csv
-- columns: Date, Followers, [Difference in followers from previous day]
-- file: Followers_(?P<first_day>\d{4}-\d{2}-\d{2})_(?P<as_of>\d{10})(?:_(?P<handle>[A-Za-z0-9._]+?))?(?: ?\(\d+\))?\.(?:zip|csv|xlsx)
-- file: Followers_(?P<handle>[A-Za-z0-9._]+?)(?: ?\(\d+\))?\.(?:zip|csv|xlsx)
-- identity: handle
-- last: Date
-- empty: allowed
-- untold: is_untold
-- partition: account, month, date
-- fresh: 3d
--
-- Before tracking began followers are undefined. The difference is against the day before in some
-- files and after in others, so nobody reads it.
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
    "Followers" as followers,
    "Difference in followers from previous day" as difference,
    day as date,
    month_of(day) as month,
    is_growing(day, first_day, _as_of) as is_partial,
    studio_count("Followers") is null as is_untold,
    case
        when day is null
            then 'Date is no day and month in a language known'
        when not is_studio_count("Followers") then 'Followers is not a whole number'
        when not is_studio_count("Difference in followers from previous day")
            then 'Difference in followers from previous day is not a whole number'
    end as reject_reason
from dated
