-- One row per account, day of capture and video: what it had gathered until then.
-- partition: month
-- key: month, account, captured_on, content_id
-- incremental: required
-- feeds: content
--
-- Where both tell of a video on a day, the API is taken: Studio is days behind. A Studio export
-- counts only when its name says that its period was Lifetime: any other is no total since
-- publication.
with videos as (
    select *
    from staging.youtube__videos
),

studio as (
    select *
    from staging.youtube__studio_content
    where period = 'lifetime'
),

told as (
    select
        1 as precedence,
        videos.captured_on,
        videos.month,
        videos.channel_id as profile,
        videos.account,
        videos.video_id,
        videos.title,
        videos.published_at,
        videos.views,
        videos.likes,
        videos.comments,
        null::bigint as shares,
        null::decimal(18, 4) as watch_hours,
        videos._drop,
        videos._file,
        videos._row
    from videos
    union all
    select
        2 as precedence,
        studio.captured_on,
        studio.month,
        null::varchar as profile,
        studio.account,
        studio.video_id,
        studio.title,
        studio.published_on::timestamp as published_at,
        studio.views,
        studio.likes,
        studio.comments,
        studio.shares,
        studio.watch_hours,
        studio._drop,
        studio._file,
        studio._row
    from studio
),

chosen as (
    select *
    from told
    qualify precedence = min(precedence) over (partition by month, account, captured_on, video_id)
)

select
    chosen.captured_on,
    chosen.month,
    'youtube' as platform,
    chosen.profile,
    'youtube' as source,
    chosen.account,
    chosen.video_id as content_id,
    'video' as content_type,
    chosen.title,
    'https://www.youtube.com/watch?v=' || chosen.video_id as url,
    chosen.published_at,
    chosen.views,
    null::bigint as reach,
    chosen.likes,
    chosen.comments,
    chosen.shares,
    null::bigint as saves,
    chosen.watch_hours,
    chosen._drop,
    chosen._file,
    chosen._row
from chosen
