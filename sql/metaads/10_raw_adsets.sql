-- One row per ad set in an answer of Meta's Graph API, as text.
-- format: json
-- columns: id, name, campaign_id, optimization_goal, [account_id], [status], [effective_status],
--     [daily_budget], [lifetime_budget], [budget_remaining], [bid_strategy], [bid_amount],
--     [billing_event], [targeting], [attribution_spec], [pacing_type], [start_time], [end_time],
--     [created_time], [updated_time]
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
    record->>'campaign_id' as campaign_id,
    record->>'optimization_goal' as optimization_goal,
    record->>'status' as status,
    record->>'effective_status' as effective_status,
    record->>'daily_budget' as daily_budget,
    record->>'lifetime_budget' as lifetime_budget,
    record->>'start_time' as start_time,
    record->>'end_time' as end_time,
    record->>'created_time' as created_time,
    record->>'updated_time' as updated_time,
    record->>'id' as id,
    _as_of::date as captured_on,
    strftime(_as_of, '%Y-%m') as month,
    case
        when whole_id(record->>'id') is null then 'id is no id'
    end as reject_reason
from landing
