-- One row per ad in an answer of Meta's Graph API, as text.
-- format: json
-- columns: id, name, adset_id, creative, [account_id], [campaign_id], [status], [effective_status],
--     [tracking_specs], [created_time], [updated_time]
-- records: data[] | []
-- identity: account_id
-- refuse: access_token
-- partition: account, month, captured_on, id
-- fresh: 2d
--
-- A list comes in pages, each with objects of its own; the newest answer of a day has the object.
select
    record->>'name' as name,
    record->>'account_id' as account_id,
    record->>'adset_id' as adset_id,
    record->>'campaign_id' as campaign_id,
    record->>'status' as status,
    record->>'effective_status' as effective_status,
    record->>'created_time' as created_time,
    record->>'updated_time' as updated_time,
    record->'creative'->>'id' as creative_id,
    record->>'id' as id,
    _as_of::date as captured_on,
    strftime(_as_of, '%Y-%m') as month,
    case
        when whole_id(record->>'id') is null then 'id is no id'
    end as reject_reason
from landing
