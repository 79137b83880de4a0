-- One row per list and month in an answer about a list's growth of Mailchimp's API, as text.
-- format: json
-- columns: list_id, month, subscribed, [existing], [imports], [optins], [unsubscribed],
--     [reconfirm], [cleaned], [pending], [deleted], [transactional], [_links]
-- records: history[]
-- file: .*(?P<as_of>\d{8}_\d{6}).*
-- refuse: email_address, email_id, unique_email_id, merge_fields, full_name, ip_signup, ip_opt
-- partition: account, list_id, month
-- fresh: 2d
--
-- An answer is about one list. The running month changes until it is over, in UTC; a month that the
-- answer does not reach back to stays as it was. existing, imports and optins are kept up no more.
select
    record->>'list_id' as list_id,
    iso_month(record->>'month') as month,
    record->>'subscribed' as subscribed,
    record->>'unsubscribed' as unsubscribed,
    record->>'reconfirm' as reconfirm,
    record->>'cleaned' as cleaned,
    record->>'pending' as pending,
    record->>'deleted' as deleted,
    record->>'transactional' as transactional,
    _as_of::date as captured_on,
    iso_month(record->>'month') >= strftime(_as_of, '%Y-%m') as is_partial,
    case
        when not is_mail_id(record->>'list_id') then 'list_id is no id'
        when iso_month(record->>'month') is null then 'month is not a month (YYYY-MM)'
        when iso_month(record->>'month') > strftime(_as_of, '%Y-%m')
            then 'month is after the day of capture'
        when not is_count_or_unknown(record->>'subscribed')
            or not is_count_or_unknown(record->>'unsubscribed')
            or not is_count_or_unknown(record->>'reconfirm')
            or not is_count_or_unknown(record->>'cleaned')
            or not is_count_or_unknown(record->>'pending')
            or not is_count_or_unknown(record->>'deleted')
            or not is_count_or_unknown(record->>'transactional')
            then 'a count of the month is not a whole number'
    end as reject_reason
from landing
