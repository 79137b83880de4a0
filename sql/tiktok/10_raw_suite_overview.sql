-- One row per day of a TikTok Business Suite overview, as text.
-- format: csv
-- columns: Date | Datum, Video views | Videovisningar, Profile views | Profilvisningar,
--     Likes | Gilla-markeringar, Shares | Delningar, Comments | Kommentarer,
--     Reached audience | "Målgrupp som nåtts", [Phone number clicks], [Leads submission],
--     [Net growth], [New followers], [Lost followers]
-- untold: is_untold
-- partition: account, month, date
-- fresh: 3d
--
-- An older schema of the same numbers, with years; NAN and -- are no value. Reached audience tells
-- it from Studio's, which has the other columns, too.
with dated as (
    select *, iso_date(replace("Date", '/', '-')) as day
    from landing
)

select
    "Video views" as video_views,
    "Reached audience" as reached_audience,
    "Profile views" as profile_views,
    "Likes" as likes,
    "Shares" as shares,
    "Comments" as comments,
    "Net growth" as net_growth,
    "New followers" as new_followers,
    "Lost followers" as lost_followers,
    day as date,
    month_of(day) as month,
    day >= _as_of::date - 1 as is_partial,
    studio_count("Video views") is null as is_untold,
    case
        when day is null then 'Date is not a day (YYYY/MM/DD)'
        when not is_studio_count("Video views") then 'Video views is not a whole number'
        when not is_studio_count("Reached audience")
            then 'Reached audience is not a whole number'
        when not is_studio_count("Profile views") then 'Profile views is not a whole number'
        when not is_studio_count("Likes") then 'Likes is not a whole number'
        when not is_studio_count("Comments") then 'Comments is not a whole number'
        when not is_studio_count("New followers") then 'New followers is not a whole number'
        when not is_studio_count("Lost followers") then 'Lost followers is not a whole number'
        when not is_studio_count("Shares") then 'Shares is not a whole number'
    end as reject_reason
from dated
