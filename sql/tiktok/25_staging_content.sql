-- One row per account, day of capture and video: what it had gathered until then.
-- partition: month
-- key: month, account, captured_on, content_id
-- incremental: required
-- feeds: content
--
-- Where both tell of a video on a day, the API is taken.
with videos as (
    select *
    from staging.tiktok__videos
),

posts as (
    select *
    from staging.tiktok__posts
),

told as (
    select
        1 as precedence,
        videos.captured_on,
        videos.month,
        videos.handle as profile,
        videos.account,
        videos.video_id,
        videos.title,
        videos.url,
        videos.published_at,
        videos.views,
        videos.likes,
        videos.comments,
        videos.shares,
        videos._drop,
        videos._file,
        videos._row
    from videos
    union all
    select
        2 as precedence,
        posts.captured_on,
        posts.month,
        posts.handle as profile,
        posts.account,
        posts.video_id,
        posts.title,
        posts.url,
        posts.published_at,
        posts.views,
        posts.likes,
        posts.comments,
        posts.shares,
        posts._drop,
        posts._file,
        posts._row
    from posts
),

chosen as (
    select *
    from told
    qualify precedence = min(precedence) over (partition by month, account, captured_on, video_id)
)

select
    chosen.captured_on,
    chosen.month,
    'tiktok' as platform,
    chosen.profile,
    'tiktok' as source,
    chosen.account,
    chosen.video_id as content_id,
    'video' as content_type,
    chosen.title,
    chosen.url,
    chosen.published_at,
    chosen.views,
    null::bigint as reach,
    chosen.likes,
    chosen.comments,
    chosen.shares,
    null::bigint as saves,
    null::decimal(18, 4) as watch_hours,
    chosen._drop,
    chosen._file,
    chosen._row
from chosen
