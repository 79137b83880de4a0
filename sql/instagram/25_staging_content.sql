-- One row per account, day of capture and post: what it had gathered until then.
-- partition: month
-- key: month, account, captured_on, content_id
-- incremental: required
-- feeds: content
--
-- API and Business Suite tell of the same posts, known by their ids or addresses. Of a post on a day
-- each number is taken from the API where it tells it, else from Suite, so that what the owner hides
-- there, or is not known there yet, is no less known. Of the API, insights count before the list. The
-- row is the API's.
with media as (
    select *
    from staging.instagram__media
),

insights as (
    select *
    from staging.instagram__media_insights
),

posts as (
    select *
    from staging.instagram__suite_posts
),

told as (
    select
        1 as precedence,
        coalesce(media.captured_on, insights.captured_on) as captured_on,
        coalesce(media.month, insights.month) as month,
        coalesce(media.account, insights.account) as account,
        coalesce(media.media_id, insights.media_id) as content_id,
        media.shortcode,
        media.username as profile,
        media.content_type,
        media.caption as title,
        media.url,
        media.published_at,
        insights.views,
        insights.reach,
        coalesce(insights.likes, media.likes) as likes,
        coalesce(insights.comments, media.comments) as comments,
        insights.shares,
        insights.saves,
        insights.watch_time_ms,
        coalesce(media._drop, insights._drop) as _drop,
        coalesce(media._file, insights._file) as _file,
        coalesce(media._row, insights._row) as _row
    from media
    full join insights
        on media.month = insights.month
        and media.account = insights.account
        and media.captured_on = insights.captured_on
        and media.media_id = insights.media_id
    union all
    select
        2 as precedence,
        posts.captured_on,
        posts.month,
        posts.account,
        posts.post_id as content_id,
        posts.shortcode,
        posts.username as profile,
        posts.content_type,
        posts.description as title,
        posts.url,
        null::timestamp as published_at,
        posts.views,
        posts.reach,
        posts.likes,
        posts.comments,
        posts.shares,
        posts.saves,
        null::bigint as watch_time_ms,
        posts._drop,
        posts._file,
        posts._row
    from posts
),

keyed as (
    select
        told.*,
        coalesce(max(told.shortcode) over of_id, told.content_id) as post_key
    from told
    window of_id as (partition by told.month, told.account, told.captured_on, told.content_id)
),

chosen as (
    select
        keyed.*,
        max(
            {
                'profile': keyed.profile,
                'title': keyed.title,
                'views': keyed.views,
                'reach': keyed.reach,
                'likes': keyed.likes,
                'comments': keyed.comments,
                'shares': keyed.shares,
                'saves': keyed.saves,
                'content_type': keyed.content_type,
                'url': keyed.url
            }
        ) filter (where keyed.precedence = 2) over of_post as suite
    from keyed
    window
        of_post as (partition by keyed.month, keyed.account, keyed.captured_on, keyed.post_key)
    qualify keyed.precedence = min(keyed.precedence) over of_post
)

select
    chosen.captured_on,
    chosen.month,
    'instagram' as platform,
    coalesce(chosen.profile, chosen.suite.profile) as profile,
    'instagram' as source,
    chosen.account,
    chosen.content_id,
    coalesce(chosen.content_type, chosen.suite.content_type) as content_type,
    coalesce(chosen.title, chosen.suite.title) as title,
    coalesce(chosen.url, chosen.suite.url) as url,
    chosen.published_at,
    coalesce(chosen.views, chosen.suite.views) as views,
    coalesce(chosen.reach, chosen.suite.reach) as reach,
    coalesce(chosen.likes, chosen.suite.likes) as likes,
    coalesce(chosen.comments, chosen.suite.comments) as comments,
    coalesce(chosen.shares, chosen.suite.shares) as shares,
    coalesce(chosen.saves, chosen.suite.saves) as saves,
    (((chosen.watch_time_ms + 180) // 360)::decimal(18, 0) * 0.0001)::decimal(18, 4)
        as watch_hours,
    chosen._drop,
    chosen._file,
    chosen._row
from chosen
