-- One row per account, day of capture and video, in Studio's content lists.
-- partition: month
-- key: month, account, captured_on, video_id
-- incremental: required
-- check: published_at is not null
--
-- The first 32 bits of a video's id are the second of its upload, in UTC.
with content as (
    select
        account,
        handle,
        video_id,
        video_title,
        video_link,
        total_likes,
        total_comments,
        total_shares,
        total_views,
        captured_on,
        month,
        _drop,
        _file,
        _row
    from raw.tiktok__content
)

select
    content.account,
    content.handle,
    content.captured_on,
    content.month,
    content.video_id,
    make_timestamp((content.video_id::bigint >> 32) * 1000000) as published_at,
    trimmed(content.video_title) as title,
    trimmed(content.video_link) as url,
    studio_count(content.total_views)::bigint as views,
    studio_count(content.total_likes)::bigint as likes,
    studio_count(content.total_comments)::bigint as comments,
    studio_count(content.total_shares)::bigint as shares,
    content._drop,
    content._file,
    content._row
from content
