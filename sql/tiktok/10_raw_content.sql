-- One row per video in a content list of TikTok Studio, as text.
-- format: csv
-- columns: Time, Video title, Video link, Post time, Total likes, Total comments, Total shares,
--     Total views
-- file: Content_\d{4}-\d{2}-\d{2}_(?P<as_of>\d{10})(?:_(?P<handle>[A-Za-z0-9._]+?))?(?: ?\(\d+\))?\.(?:zip|csv|xlsx)
-- file: Content_(?P<handle>[A-Za-z0-9._]+?)(?: ?\(\d+\))?\.(?:zip|csv|xlsx)
-- file: Content.*\.(?:csv|xlsx)
-- identity: handle
-- empty: allowed
-- partition: account, month, captured_on, video_id
-- fresh: 8d
--
-- The list is cut off, and four downloads of one day held different videos: a newer one replaces
-- the videos it has, no others. Time is the day of the picture; Post time has no year either, but
-- the video's id has the second it was uploaded at. Whose it is stands in its link, and in the name
-- of the download as long as nobody renames it.
with dated as (
    select *, coalesce(day_until("Time", _as_of::date), _as_of::date) as day
    from landing
)

select
    coalesce(handle_in("Video link"), handle) as handle,
    "Video title" as video_title,
    "Video link" as video_link,
    "Post time" as post_time,
    "Total likes" as total_likes,
    "Total comments" as total_comments,
    "Total shares" as total_shares,
    "Total views" as total_views,
    regexp_extract("Video link", '/(\d{15,20})', 1) as video_id,
    day as captured_on,
    month_of(day) as month,
    case
        when coalesce(regexp_extract("Video link", '/(\d{15,20})', 1), '') = ''
            then 'Video link holds no id'
        when not is_studio_count("Total likes") then 'Total likes is not a whole number'
        when not is_studio_count("Total comments") then 'Total comments is not a whole number'
        when not is_studio_count("Total shares") then 'Total shares is not a whole number'
        when not is_studio_count("Total views") then 'Total views is not a whole number'
    end as reject_reason
from dated
