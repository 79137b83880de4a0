-- One row per ad account in an answer of Meta's Graph API, as text.
-- format: json
-- columns: currency, timezone_name, [account_id], [id], [name], [timezone_offset_hours_utc],
--     [account_status], [amount_spent], [balance], [business_name]
-- records: $
-- identity: account_id
-- refuse: access_token
-- partition: account, month, captured_on
-- fresh: 2d
select
    coalesce(record->>'account_id', replace(record->>'id', 'act_', '')) as account_id,
    record->>'name' as name,
    record->>'currency' as currency,
    record->>'timezone_name' as timezone_name,
    record->>'amount_spent' as amount_spent_minor,
    _as_of::date as captured_on,
    strftime(_as_of, '%Y-%m') as month,
    case
        when not coalesce(regexp_full_match(record->>'currency', '[A-Z]{3}'), false)
            then 'currency is not three letters (ISO 4217)'
    end as reject_reason
from landing
