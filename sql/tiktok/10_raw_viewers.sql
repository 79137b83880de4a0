-- One row per day of the viewers in TikTok Studio, as text.
-- format: csv
-- columns: Date, Total Viewers, New Viewers, Returning Viewers
-- file: Viewers_(?P<first_day>\d{4}-\d{2}-\d{2})_(?P<as_of>\d{10})(?:_(?P<handle>[A-Za-z0-9._]+?))?(?: ?\(\d+\))?\.(?:zip|csv|xlsx)
-- file: Viewers_(?P<handle>[A-Za-z0-9._]+?)(?: ?\(\d+\))?\.(?:zip|csv|xlsx)
-- identity: handle
-- last: Date
-- empty: allowed
-- untold: is_untold
-- partition: account, month, date
-- fresh: 3d
--
-- Where the total is undefined, the other two hold zeros that look real: staging forgets all three.
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
    "Total Viewers" as total_viewers,
    "New Viewers" as new_viewers,
    "Returning Viewers" as returning_viewers,
    day as date,
    month_of(day) as month,
    is_growing(day, first_day, _as_of) as is_partial,
    studio_count("Total Viewers") is null as is_untold,
    case
        when day is null
            then 'Date is no day and month in a language known'
        when not is_studio_count("Total Viewers") then 'Total Viewers is not a whole number'
        when not is_studio_count("New Viewers") then 'New Viewers is not a whole number'
        when not is_studio_count("Returning Viewers") then 'Returning Viewers is not a whole number'
    end as reject_reason
from dated
