-- One row per day of a TikTok Studio overview, as text.
-- format: csv
-- columns: Date, Video Views, Profile Views, Likes, Comments, Shares, [New followers]
-- file: Overview_(?P<first_day>\d{4}-\d{2}-\d{2})_(?P<as_of>\d{10})(?:_(?P<handle>[A-Za-z0-9._]+?))?(?: ?\(\d+\))?\.(?:zip|csv|xlsx)
-- file: Overview_(?P<handle>[A-Za-z0-9._]+?)(?: ?\(\d+\))?\.(?:zip|csv|xlsx)
-- identity: handle
-- last: Date
-- empty: allowed
-- untold: is_untold
-- partition: account, month, date
-- fresh: 3d
--
-- Dates have no year and are in the language of the interface, even under English headers. The
-- zip's name holds the first day of the window (not of the export) and, as an epoch, its last; the
-- handle stands nowhere else. The last day is still growing.
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
    "Video Views" as video_views,
    "Profile Views" as profile_views,
    "Likes" as likes,
    "Comments" as comments,
    "Shares" as shares,
    "New followers" as new_followers,
    day as date,
    month_of(day) as month,
    is_growing(day, first_day, _as_of) as is_partial,
    studio_count("Video Views") is null as is_untold,
    case
        when day is null
            then 'Date is no day and month in a language known'
        when not is_studio_count("Video Views") then 'Video Views is not a whole number'
        when not is_studio_count("Profile Views") then 'Profile Views is not a whole number'
        when not is_studio_count("Likes") then 'Likes is not a whole number'
        when not is_studio_count("Comments") then 'Comments is not a whole number'
        when not is_studio_count("Shares") then 'Shares is not a whole number'
        when not is_studio_count("New followers") then 'New followers is not a whole number'
    end as reject_reason
from dated
