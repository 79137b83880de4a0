-- One row per account, day of capture and video, in lists of the Display API.
-- partition: month
-- key: month, account, captured_on, video_id
-- incremental: required
with videos as (
    select
        account,
        video_id,
        create_time,
        title,
        description,
        duration,
        share_url,
        view_count,
        like_count,
        comment_count,
        share_count,
        captured_on,
        month,
        _drop,
        _file,
        _row
    from raw.tiktok__videos
)

select
    videos.account,
    handle_in(videos.share_url) as handle,
    videos.captured_on,
    videos.month,
    videos.video_id,
    make_timestamp(videos.create_time::bigint * 1000000) as published_at,
    coalesce(trimmed(videos.title), trimmed(videos.description)) as title,
    trimmed(videos.share_url) as url,
    try_cast(known(videos.duration) as bigint) as duration_seconds,
    studio_count(videos.view_count)::bigint as views,
    studio_count(videos.like_count)::bigint as likes,
    studio_count(videos.comment_count)::bigint as comments,
    studio_count(videos.share_count)::bigint as shares,
    videos._drop,
    videos._file,
    videos._row
from videos
