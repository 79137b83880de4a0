-- One row per account, day of capture and video: how long it is.
-- partition: month
-- key: month, account, captured_on, content_id
-- incremental: required
-- feeds: content_lengths
with videos as (
    select *
    from staging.tiktok__videos
    where duration_seconds > 0
)

select
    videos.captured_on,
    videos.month,
    'tiktok' as platform,
    'tiktok' as source,
    videos.account,
    videos.video_id as content_id,
    videos.duration_seconds as seconds,
    videos._drop,
    videos._file,
    videos._row
from videos
