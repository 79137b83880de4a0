-- One row per account, day of capture and post in Meta Business Suite's content exports.
-- partition: month
-- key: month, account, captured_on, post_id
-- incremental: required
--
-- published_local is the time the export shows: nothing says of which zone it is, so no instant is
-- made of it.
with content as (
    select
        account,
        account_id,
        username,
        description,
        publish_time,
        permalink,
        post_type,
        views,
        reach,
        likes,
        comments,
        shares,
        saves,
        follows,
        post_id,
        captured_on,
        month,
        _drop,
        _file,
        _row
    from raw.instagram__suite_content
)

select
    content.account,
    content.captured_on,
    content.month,
    content.post_id,
    shortcode_of(content.permalink) as shortcode,
    trimmed(content.account_id) as profile_id,
    trimmed(content.username) as username,
    lower(regexp_replace(trimmed(content.post_type), '^IG\s+', '')) as content_type,
    trimmed(content.description) as description,
    trimmed(content.permalink) as url,
    strptime(trim(content.publish_time), '%m/%d/%Y %H:%M')::timestamp as published_local,
    known(content.views)::bigint as views,
    known(content.reach)::bigint as reach,
    known(content.likes)::bigint as likes,
    known(content.comments)::bigint as comments,
    known(content.shares)::bigint as shares,
    known(content.saves)::bigint as saves,
    known(content.follows)::bigint as follows,
    content._drop,
    content._file,
    content._row
from content
