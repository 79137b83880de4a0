-- One row per campaign in an answer about campaigns of Mailchimp's API, as text.
-- format: json
-- columns: id, status, create_time, settings, recipients, [web_id], [parent_campaign_id], [type],
--     [archive_url], [long_archive_url], [emails_sent], [send_time], [content_type],
--     [needs_block_refresh], [resendable], [variate_settings], [tracking], [rss_opts],
--     [ab_split_opts], [social_card], [report_summary], [delivery_status],
--     [resend_shortcut_eligibility], [resend_shortcut_usage], [_links]
-- records: campaigns[]
-- file: .*(?P<as_of>\d{8}_\d{6}).*
-- refuse: email_address, email_id, unique_email_id, merge_fields, full_name, ip_signup, ip_opt
-- partition: account, month, captured_on, campaign_id
-- fresh: 2d
--
-- What is not sent yet has the send time "" and no report_summary: its opens are unknown, not zero.
-- from_name and reply_to in the settings are the label's own, and are not needed.
select
    record->>'id' as campaign_id,
    record->>'web_id' as web_id,
    record->>'type' as campaign_type,
    record->>'status' as status,
    record->>'create_time' as create_time,
    record->>'send_time' as send_time,
    record->>'emails_sent' as emails_sent,
    record->'recipients'->>'list_id' as list_id,
    record->'recipients'->>'list_name' as list_name,
    record->'recipients'->>'recipient_count' as recipient_count,
    record->'settings'->>'title' as title,
    record->'settings'->>'subject_line' as subject,
    record->'report_summary'->>'opens' as opens,
    record->'report_summary'->>'unique_opens' as unique_opens,
    record->'report_summary'->>'proxy_excluded_opens' as proxy_excluded_opens,
    record->'report_summary'->>'proxy_excluded_unique_opens' as proxy_excluded_unique_opens,
    record->'report_summary'->>'clicks' as clicks,
    record->'report_summary'->>'subscriber_clicks' as subscriber_clicks,
    _as_of::date as captured_on,
    strftime(_as_of, '%Y-%m') as month,
    case
        when not is_mail_id(record->>'id') then 'id is no id'
        when trimmed(record->>'status') is null then 'status is empty'
        when not is_mail_time_or_none(record->>'create_time')
            or not is_mail_time_or_none(record->>'send_time')
            then 'create_time or send_time is not a time (ISO 8601)'
        when not is_count_or_unknown(record->>'emails_sent')
            or not is_count_or_unknown(record->'recipients'->>'recipient_count')
            then 'emails_sent or recipient_count is not a whole number'
        when not is_count_or_unknown(record->'report_summary'->>'opens')
            or not is_count_or_unknown(record->'report_summary'->>'unique_opens')
            or not is_count_or_unknown(record->'report_summary'->>'proxy_excluded_opens')
            or not is_count_or_unknown(record->'report_summary'->>'proxy_excluded_unique_opens')
            or not is_count_or_unknown(record->'report_summary'->>'clicks')
            or not is_count_or_unknown(record->'report_summary'->>'subscriber_clicks')
            then 'opens or clicks are not whole numbers'
    end as reject_reason
from landing
