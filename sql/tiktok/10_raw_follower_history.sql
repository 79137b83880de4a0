-- One row per day of the followers in TikTok Studio, as text.
-- format: csv
-- columns: Date, Followers, [Difference in followers from previous day]
-- file: Followers_(?P<first_day>\d{4}-\d{2}-\d{2})_(?P<as_of>\d{10})(?:_(?P<handle>[A-Za-z0-9._]+?))?(?: ?\(\d+\))?\.(?:zip|csv|xlsx)
-- file: Followers_(?P<handle>[A-Za-z0-9._]+?)(?: ?\(\d+\))?\.(?:zip|csv|xlsx)
-- identity: handle
-- partition: account, month, date
-- fresh: 3d
--
-- Before tracking began followers are undefined. The difference is against the day before in some
-- files and after in others, so nobody reads it.
select
    handle,
    "Followers" as followers,
    "Difference in followers from previous day" as difference,
    studio_day("Date", first_day, _as_of) as date,
    month_of(studio_day("Date", first_day, _as_of)) as month,
    studio_day("Date", first_day, _as_of) >= _as_of::date - 1 as is_partial,
    case
        when studio_day("Date", first_day, _as_of) is null
            then 'Date is no day and month in a language known'
        when not is_studio_count("Followers") then 'Followers is not a whole number'
        when not is_studio_count("Difference in followers from previous day") then 'Difference in followers from previous day is not a whole number'
    end as reject_reason
from landing
