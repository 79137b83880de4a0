-- One row per account, day of capture, table and video: how long it is.
-- partition: month
-- key: none
-- incremental: required
-- feeds: content_lengths
--
-- A length holds whatever the period of a Studio export, so all of them are taken.
with videos as (
    select *
    from staging.youtube__videos
    where duration_seconds > 0
),

studio as (
    select *
    from staging.youtube__studio_content
    where duration_seconds > 0
),

told as (
    select account, captured_on, month, video_id, duration_seconds, _drop, _file, _row
    from videos

    union all

    select account, captured_on, month, video_id, duration_seconds, _drop, _file, _row
    from studio
)

select
    told.captured_on,
    told.month,
    'youtube' as platform,
    'youtube' as source,
    told.account,
    told.video_id as content_id,
    told.duration_seconds as seconds,
    told._drop,
    told._file,
    told._row
from told
