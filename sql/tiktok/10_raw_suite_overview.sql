-- One row per day of a TikTok Business Suite overview, as text.
-- format: csv
-- columns: Date | Datum, Video views | Videovisningar, Profile views | Profilvisningar,
--     Likes | Gilla-markeringar, Shares | Delningar, Comments | Kommentarer,
--     [Reached audience | "Målgrupp som nåtts"], [Phone number clicks], [Leads submission],
--     [Net growth], [New followers], [Lost followers]
-- partition: account, month, date
-- fresh: 3d
--
-- An older schema of the same numbers, with years; NAN and -- are no value.
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
    iso_date(replace("Date", '/', '-')) as date,
    month_of(iso_date(replace("Date", '/', '-'))) as month,
    iso_date(replace("Date", '/', '-')) >= _as_of::date - 1 as is_partial,
    case
        when iso_date(replace("Date", '/', '-')) is null then 'Date is not a day (YYYY/MM/DD)'
        when not is_studio_count("Video views") then 'Video views is not a whole number'
        when not is_studio_count("Profile views") then 'Profile views is not a whole number'
        when not is_studio_count("Likes") then 'Likes is not a whole number'
        when not is_studio_count("Comments") then 'Comments is not a whole number'
        when not is_studio_count("Shares") then 'Shares is not a whole number'
    end as reject_reason
from landing
