-- One row per account, day of capture and video, in answers of the Data API.
-- partition: month
-- key: month, account, captured_on, video_id
-- incremental: required
--
-- Totals since publication, over days on which a view was not always the same.
with videos as (
    select *
    from raw.youtube__videos
)

select
    videos.account,
    videos.captured_on,
    videos.month,
    videos.channel_id,
    trimmed(videos.video_id) as video_id,
    trimmed(videos.title) as title,
    utc_instant(videos.published_at) as published_at,
    iso_seconds(videos.duration) as duration_seconds,
    videos.privacy_status,
    known(videos.view_count)::bigint as views,
    known(videos.like_count)::bigint as likes,
    known(videos.comment_count)::bigint as comments,
    videos._drop,
    videos._file,
    videos._row
from videos
