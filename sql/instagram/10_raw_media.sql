-- One row per post in a list of the Graph API, as text.
-- format: json
-- columns: id, media_type, timestamp, [media_product_type], [caption], [permalink], [shortcode],
--     [like_count], [comments_count], [username], [media_url], [thumbnail_url]
-- records: data[]
-- file: .*?(?P<as_of>\d{8}_\d{6}).*\.json
-- refuse: access_token
-- partition: account, month, captured_on, media_id
-- fresh: 2d
--
-- A list comes in pages, each with posts of its own; a post is as the newest answer of a day has
-- it. like_count is absent where the owner hides it. Addresses of pictures and films expire and
-- differ from answer to answer: they are left out, so that a post that did not change is one that
-- did not change.
select
    record->>'media_type' as media_type,
    record->>'media_product_type' as media_product_type,
    record->>'caption' as caption,
    record->>'permalink' as permalink,
    record->>'shortcode' as shortcode,
    record->>'username' as username,
    record->>'timestamp' as published,
    record->>'like_count' as like_count,
    record->>'comments_count' as comments_count,
    record->>'id' as media_id,
    _as_of::date as captured_on,
    month_of(_as_of::date) as month,
    case
        when not coalesce(regexp_full_match(record->>'id', '\d{1,20}'), false) then 'id is no id'
        when graph_time(record->>'timestamp') is null then 'timestamp is no time'
        when not is_count_or_unknown(record->>'like_count')
            then 'like_count is not a whole number'
        when not is_count_or_unknown(record->>'comments_count')
            then 'comments_count is not a whole number'
    end as reject_reason
from landing
