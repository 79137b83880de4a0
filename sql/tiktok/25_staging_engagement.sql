-- One row per account and day: what people did on the profile.
-- partition: month
-- key: month, account, date
-- incremental: required
-- feeds: engagement_daily
--
-- Studio and Business Suite tell the same days: Studio's are taken where it knows them. A day whose
-- views are undefined is there, but not known.
with overview as (
    select *
    from staging.tiktok__overview
),

suite as (
    select *
    from staging.tiktok__suite_overview
),

told as (
    select
        case when overview.video_views is not null then 1 else 3 end as precedence,
        overview.date,
        overview.month,
        overview.handle as profile,
        overview.account,
        overview.video_views,
        null::bigint as reached_audience,
        overview.profile_views,
        overview.likes,
        overview.comments,
        overview.shares,
        overview.is_partial,
        overview._drop,
        overview._file,
        overview._row
    from overview
    union all
    select
        case when suite.video_views is not null then 2 else 4 end as precedence,
        suite.date,
        suite.month,
        null::varchar as profile,
        suite.account,
        suite.video_views,
        suite.reached_audience,
        suite.profile_views,
        suite.likes,
        suite.comments,
        suite.shares,
        suite.is_partial,
        suite._drop,
        suite._file,
        suite._row
    from suite
),

chosen as (
    select *
    from told
    qualify precedence = min(precedence) over (partition by month, account, date)
)

select
    chosen.date,
    chosen.month,
    'tiktok' as platform,
    chosen.profile,
    'tiktok' as source,
    chosen.account,
    chosen.video_views as views,
    null::bigint as engaged_views,
    chosen.reached_audience as reach,
    chosen.profile_views,
    chosen.likes,
    chosen.comments,
    chosen.shares,
    null::bigint as saves,
    null::bigint as link_clicks,
    null::decimal(18, 4) as watch_hours,
    chosen.is_partial,
    chosen._drop,
    chosen._file,
    chosen._row
from chosen
