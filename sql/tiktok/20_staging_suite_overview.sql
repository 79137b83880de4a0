-- One row per account and day of a profile in TikTok's Business Suite.
-- partition: month
-- key: month, account, date
-- incremental: required
with overview as (
    select
        account,
        video_views,
        reached_audience,
        profile_views,
        likes,
        shares,
        comments,
        new_followers,
        lost_followers,
        date,
        month,
        is_partial,
        _drop,
        _file,
        _row
    from raw.tiktok__suite_overview
)

select
    overview.account,
    overview.date,
    overview.month,
    studio_count(overview.video_views)::bigint as video_views,
    studio_count(overview.reached_audience)::bigint as reached_audience,
    studio_count(overview.profile_views)::bigint as profile_views,
    studio_count(overview.likes)::bigint as likes,
    studio_count(overview.shares)::bigint as shares,
    studio_count(overview.comments)::bigint as comments,
    studio_count(overview.new_followers)::bigint as new_followers,
    studio_count(overview.lost_followers)::bigint as lost_followers,
    overview.is_partial,
    overview._drop,
    overview._file,
    overview._row
from overview
