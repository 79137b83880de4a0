-- One row per video in an answer of the YouTube Data API, as text.
-- format: json
-- columns: id, statistics, kind, [etag], [snippet], [contentDetails], [status]
-- records: items[]
-- file: .*videos_.*?(?P<as_of>\d{8}_\d{6}).*
-- refuse: access_token, refresh_token
-- partition: account, month, captured_on, video_id
-- fresh: 2d
--
-- Up to 50 videos in an answer, so each replaces itself only. Counters are text and totals since
-- publication; likeCount is absent where ratings are hidden, commentCount where comments are off.
-- Videos that are private or deleted are left out without a word.
select
    record->>'kind' as kind,
    record->'snippet'->>'channelId' as channel_id,
    record->'snippet'->>'title' as title,
    record->'snippet'->>'publishedAt' as published_at,
    record->'contentDetails'->>'duration' as duration,
    record->'status'->>'privacyStatus' as privacy_status,
    record->'statistics'->>'viewCount' as view_count,
    record->'statistics'->>'likeCount' as like_count,
    record->'statistics'->>'commentCount' as comment_count,
    record->>'id' as video_id,
    _as_of::date as captured_on,
    strftime(_as_of, '%Y-%m') as month,
    case
        when (record->>'kind') is distinct from 'youtube#video' then 'kind is not youtube#video'
        when trimmed(record->>'id') is null then 'id is empty'
        when not is_count_or_unknown(record->'statistics'->>'viewCount')
            then 'viewCount is not a whole number'
        when not is_count_or_unknown(record->'statistics'->>'likeCount')
            then 'likeCount is not a whole number'
        when not is_count_or_unknown(record->'statistics'->>'commentCount')
            then 'commentCount is not a whole number'
    end as reject_reason
from landing
