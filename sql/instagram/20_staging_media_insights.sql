-- One row per account, day of capture and post: what insights say it had gathered until then.
-- partition: month
-- key: month, account, captured_on, media_id
-- incremental: required
-- check: coalesce(views, 0) >= 0 and coalesce(reach, 0) >= 0
--
-- A metric that was not told is unknown, never zero. Rates that the API computed are not taken.
-- Drop, file and row are those of the newest answer among a post's.
with insights as (
    select account, media_id, metric, value, captured_on, month, _drop, _file, _row
    from raw.instagram__media_insights
    where not regexp_matches(metric, 'rate')
        and known(value) is not null
),

gathered as (
    select
        account,
        media_id,
        captured_on,
        month,
        max(value::bigint) filter (where metric = 'views') as views,
        max(value::bigint) filter (where metric = 'reach') as reach,
        max(value::bigint) filter (where metric = 'likes') as likes,
        max(value::bigint) filter (where metric = 'comments') as comments,
        max(value::bigint) filter (where metric = 'shares') as shares,
        max(value::bigint) filter (where metric = 'saved') as saves,
        max(value::bigint) filter (where metric = 'follows') as follows,
        max(value::bigint) filter (where metric = 'profile_visits') as profile_visits,
        max(value::bigint) filter (where metric = 'link_clicks') as link_clicks,
        max(value::bigint) filter (where metric = 'replies') as replies,
        max(value::bigint) filter (where metric = 'total_interactions') as total_interactions,
        max(value::bigint) filter (where metric = 'ig_reels_video_view_total_time')
            as watch_time_ms,
        max({'drop': _drop, 'file': _file, 'row': _row}) as newest
    from insights
    group by account, media_id, captured_on, month
)

select
    gathered.account,
    gathered.captured_on,
    gathered.month,
    gathered.media_id,
    gathered.views,
    gathered.reach,
    gathered.likes,
    gathered.comments,
    gathered.shares,
    gathered.saves,
    gathered.follows,
    gathered.profile_visits,
    gathered.link_clicks,
    gathered.replies,
    gathered.total_interactions,
    gathered.watch_time_ms,
    gathered.newest.drop as _drop,
    gathered.newest.file as _file,
    gathered.newest.row as _row
from gathered
