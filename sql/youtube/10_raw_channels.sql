-- One row per channel in an answer of the YouTube Data API, as text.
-- format: json
-- columns: id, statistics, kind, [etag], [snippet], [contentDetails]
-- records: items[]
-- file: .*channels?_.*?(?P<as_of>\d{8}_\d{6}).*
-- identity: channel_id
-- refuse: access_token, refresh_token
-- partition: account, channel_id, month, captured_on
-- fresh: 2d
--
-- Channels and videos come in lists of one shape: the kind of each item says which it is. Counters
-- are text; subscribers are rounded to three digits, and absent where the channel hides them.
select
    record->>'kind' as kind,
    record->'snippet'->>'title' as title,
    record->'snippet'->>'publishedAt' as published_at,
    record->'statistics'->>'viewCount' as view_count,
    record->'statistics'->>'subscriberCount' as subscriber_count,
    record->'statistics'->>'hiddenSubscriberCount' as hidden_subscriber_count,
    record->'statistics'->>'videoCount' as video_count,
    record->>'id' as channel_id,
    _as_of::date as captured_on,
    strftime(_as_of, '%Y-%m') as month,
    case
        when (record->>'kind') is distinct from 'youtube#channel' then 'kind is not youtube#channel'
        when trimmed(record->>'id') is null then 'id is empty'
        when not is_count_or_unknown(record->'statistics'->>'viewCount')
            then 'viewCount is not a whole number'
        when not is_count_or_unknown(record->'statistics'->>'subscriberCount')
            then 'subscriberCount is not a whole number'
        when not is_count_or_unknown(record->'statistics'->>'videoCount')
            then 'videoCount is not a whole number'
    end as reject_reason
from landing
