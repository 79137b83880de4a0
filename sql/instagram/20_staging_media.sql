-- One row per account, day of capture and post, in lists of the Graph API.
-- partition: month
-- key: month, account, captured_on, media_id
-- incremental: required
--
-- Likes that the owner hides are unknown.
with media as (
    select
        account,
        media_id,
        media_type,
        media_product_type,
        caption,
        permalink,
        shortcode,
        username,
        published,
        like_count,
        comments_count,
        captured_on,
        month,
        _drop,
        _file,
        _row
    from raw.instagram__media
)

select
    media.account,
    media.captured_on,
    media.month,
    media.media_id,
    coalesce(trimmed(media.shortcode), shortcode_of(media.permalink)) as shortcode,
    case media.media_product_type
        when 'REELS' then 'reel'
        when 'STORY' then 'story'
        when 'AD' then 'ad'
        else
            case media.media_type
                when 'IMAGE' then 'image'
                when 'VIDEO' then 'video'
                when 'CAROUSEL_ALBUM' then 'carousel'
                else lower(trimmed(media.media_type))
            end
    end as content_type,
    trimmed(media.username) as username,
    trimmed(media.caption) as caption,
    trimmed(media.permalink) as url,
    graph_time(media.published) as published_at,
    known(media.like_count)::bigint as likes,
    known(media.comments_count)::bigint as comments,
    media._drop,
    media._file,
    media._row
from media
