-- One row per list (audience) in an answer about lists of Mailchimp's API, as text.
-- format: json
-- columns: id, name, stats, [web_id], [contact], [permission_reminder], [use_archive_bar],
--     [campaign_defaults], [notify_on_subscribe], [notify_on_unsubscribe], [date_created],
--     [list_rating], [email_type_option], [subscribe_url_short], [subscribe_url_long],
--     [beamer_address], [visibility], [double_optin], [has_welcome], [marketing_permissions],
--     [modules], [_links]
-- records: lists[]
-- file: .*(?P<as_of>\d{8}_\d{6}).*
-- identity: list_id
-- refuse: email_address, email_id, unique_email_id, merge_fields, full_name, ip_signup, ip_opt
-- partition: account, month, captured_on, list_id
-- fresh: 2d
--
-- Nothing names the account, but its lists do: an answer that has none of those known is another's.
-- Rates here are percent, those of reports fractions.
select
    record->>'id' as list_id,
    record->>'name' as list_name,
    record->>'date_created' as date_created,
    record->'stats'->>'member_count' as member_count,
    record->'stats'->>'total_contacts' as total_contacts,
    record->'stats'->>'unsubscribe_count' as unsubscribe_count,
    record->'stats'->>'cleaned_count' as cleaned_count,
    record->'stats'->>'campaign_count' as campaign_count,
    record->'stats'->>'campaign_last_sent' as campaign_last_sent,
    record->'stats'->>'open_rate' as open_rate,
    record->'stats'->>'click_rate' as click_rate,
    record->'stats'->>'last_sub_date' as last_sub_date,
    record->'stats'->>'last_unsub_date' as last_unsub_date,
    _as_of::date as captured_on,
    strftime(_as_of, '%Y-%m') as month,
    case
        when not is_mail_id(record->>'id') then 'id is no id'
        when not is_count_or_unknown(record->'stats'->>'member_count')
            then 'member_count is not a whole number'
        when not is_count_or_unknown(record->'stats'->>'total_contacts')
            or not is_count_or_unknown(record->'stats'->>'unsubscribe_count')
            or not is_count_or_unknown(record->'stats'->>'cleaned_count')
            or not is_count_or_unknown(record->'stats'->>'campaign_count')
            then 'stats are not whole numbers'
        when not is_mail_time_or_none(record->>'date_created')
            or not is_mail_time_or_none(record->'stats'->>'campaign_last_sent')
            or not is_mail_time_or_none(record->'stats'->>'last_sub_date')
            or not is_mail_time_or_none(record->'stats'->>'last_unsub_date')
            then 'a date of the list is not a time (ISO 8601)'
    end as reject_reason
from landing
