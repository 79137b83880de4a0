-- One row per account and day of a profile on TikTok.
-- partition: month
-- key: month, account, date
-- incremental: required
-- check warn: coalesce(video_views, 0) >= 0
--
-- Comments, likes and followers taken back make negative counts.
with overview as (
    select
        account,
        handle,
        video_views,
        profile_views,
        likes,
        comments,
        shares,
        new_followers,
        date,
        month,
        is_partial,
        _drop,
        _file,
        _row
    from raw.tiktok__overview
)

select
    overview.account,
    overview.handle,
    overview.date,
    overview.month,
    studio_count(overview.video_views)::bigint as video_views,
    studio_count(overview.profile_views)::bigint as profile_views,
    studio_count(overview.likes)::bigint as likes,
    studio_count(overview.comments)::bigint as comments,
    studio_count(overview.shares)::bigint as shares,
    studio_count(overview.new_followers)::bigint as new_followers,
    overview.is_partial,
    overview._drop,
    overview._file,
    overview._row
from overview
