-- One row per creative in an answer of Meta's Graph API, as text.
-- format: json
-- columns: id, [name], [title], [body], [object_story_spec], [effective_object_story_id],
--     [image_url], [video_id], [call_to_action_type], [url_tags], [instagram_permalink_url],
--     [status], [account_id], thumbnail_url
-- records: data[] | []
-- identity: account_id
-- refuse: access_token
-- partition: account, month, captured_on, id
-- fresh: 7d
--
-- Addresses of pictures expire, so they are not kept in tables.
select
    record->>'name' as name,
    record->>'account_id' as account_id,
    record->>'title' as title,
    record->>'body' as body,
    record->>'call_to_action_type' as call_to_action_type,
    record->>'instagram_permalink_url' as permalink,
    record->>'id' as id,
    _as_of::date as captured_on,
    strftime(_as_of, '%Y-%m') as month,
    case
        when whole_id(record->>'id') is null then 'id is no id'
    end as reject_reason
from landing
