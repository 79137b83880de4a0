-- One row per video in a list of TikTok's Display API, as text.
-- format: json
-- columns: id, create_time, [title], [video_description], [duration], [share_url], [view_count],
--     [like_count], [comment_count], [share_count], [cover_image_url], [embed_link]
-- records: data.videos[]
-- partition: account, month, captured_on, video_id
-- fresh: 3d
--
-- Totals since publication; a list comes in pages, each with videos of its own.
select
    record->>'create_time' as create_time,
    record->>'title' as title,
    record->>'video_description' as description,
    record->>'duration' as duration,
    record->>'share_url' as share_url,
    record->>'view_count' as view_count,
    record->>'like_count' as like_count,
    record->>'comment_count' as comment_count,
    record->>'share_count' as share_count,
    record->>'id' as video_id,
    _as_of::date as captured_on,
    strftime(_as_of, '%Y-%m') as month,
    case
        when not coalesce(regexp_full_match(record->>'id', '\d{15,20}'), false)
            then 'id is no id of a video'
        when not is_count(record->>'create_time') then 'create_time is no epoch'
        when not is_studio_count(record->>'view_count') then 'view_count is not a whole number'
        when not is_studio_count(record->>'like_count') then 'like_count is not a whole number'
        when not is_studio_count(record->>'comment_count')
            then 'comment_count is not a whole number'
        when not is_studio_count(record->>'share_count') then 'share_count is not a whole number'
    end as reject_reason
from landing
