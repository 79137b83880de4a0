-- One row per day of the viewers in TikTok Studio, as text.
-- format: csv
-- columns: Date, Total Viewers, New Viewers, Returning Viewers
-- file: Viewers_(?P<first_day>\d{4}-\d{2}-\d{2})_(?P<as_of>\d{10})(?:_(?P<handle>[A-Za-z0-9._]+?))?(?: ?\(\d+\))?\.(?:zip|csv|xlsx)
-- file: Viewers_(?P<handle>[A-Za-z0-9._]+?)(?: ?\(\d+\))?\.(?:zip|csv|xlsx)
-- identity: handle
-- partition: account, month, date
-- fresh: 3d
--
-- Where the total is undefined, the other two hold zeros that look real: staging forgets all three.
select
    handle,
    "Total Viewers" as total_viewers,
    "New Viewers" as new_viewers,
    "Returning Viewers" as returning_viewers,
    studio_day("Date", first_day, _as_of) as date,
    month_of(studio_day("Date", first_day, _as_of)) as month,
    studio_day("Date", first_day, _as_of) >= _as_of::date - 1 as is_partial,
    case
        when studio_day("Date", first_day, _as_of) is null
            then 'Date is no day and month in a language known'
        when not is_studio_count("Total Viewers") then 'Total Viewers is not a whole number'
        when not is_studio_count("New Viewers") then 'New Viewers is not a whole number'
        when not is_studio_count("Returning Viewers") then 'Returning Viewers is not a whole number'
    end as reject_reason
from landing
