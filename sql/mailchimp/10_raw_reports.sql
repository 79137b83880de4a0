-- One row per campaign in an answer about campaign reports of Mailchimp's API, as text.
-- format: json
-- columns: id, emails_sent, opens, clicks, [bounces], [campaign_title], [type], [list_id],
--     [list_is_active], [list_name], [subject_line], [preview_text], [abuse_reports],
--     [unsubscribed], [send_time], [rss_last_send], [forwards], [facebook_likes],
--     [industry_stats], [list_stats], [ab_split], [timewarp], [timeseries], [share_report],
--     [ecommerce], [delivery_status], [_links]
-- records: reports[] | $
-- file: .*(?P<as_of>\d{8}_\d{6}).*
-- refuse: email_address, email_id, unique_email_id, merge_fields, full_name, ip_signup, ip_opt
-- partition: account, month, captured_on, campaign_id
-- fresh: 2d
--
-- A page of campaigns, or the report of one. Opens and clicks keep coming: an answer is a picture
-- of its day, and a later one of that day replaces just the campaigns it has. What knows a
-- subscriber (open-details, email-activity, unsubscribed, members) is refused at the door.
select
    record->>'id' as campaign_id,
    record->>'type' as campaign_type,
    record->>'list_id' as list_id,
    record->>'list_name' as list_name,
    record->>'campaign_title' as title,
    record->>'subject_line' as subject,
    record->>'send_time' as send_time,
    record->>'emails_sent' as emails_sent,
    record->'bounces'->>'hard_bounces' as hard_bounces,
    record->'bounces'->>'soft_bounces' as soft_bounces,
    record->>'abuse_reports' as abuse_reports,
    record->>'unsubscribed' as unsubscribed,
    record->'opens'->>'opens_total' as opens_total,
    record->'opens'->>'unique_opens' as unique_opens,
    record->'opens'->>'open_rate' as open_rate,
    record->'opens'->>'proxy_excluded_opens' as proxy_excluded_opens,
    record->'opens'->>'proxy_excluded_unique_opens' as proxy_excluded_unique_opens,
    record->'clicks'->>'clicks_total' as clicks_total,
    record->'clicks'->>'unique_clicks' as unique_clicks,
    record->'clicks'->>'unique_subscriber_clicks' as unique_subscriber_clicks,
    record->'clicks'->>'click_rate' as click_rate,
    record->'ecommerce'->>'total_orders' as total_orders,
    record->'ecommerce'->>'total_revenue' as total_revenue,
    record->'ecommerce'->>'currency_code' as currency_code,
    _as_of::date as captured_on,
    strftime(_as_of, '%Y-%m') as month,
    case
        when not is_mail_id(record->>'id') then 'id is no id'
        when not is_mail_time_or_none(record->>'send_time')
            then 'send_time is not a time (ISO 8601)'
        when not is_count(record->>'emails_sent') then 'emails_sent is not a whole number'
        when not is_count_or_unknown(record->'bounces'->>'hard_bounces')
            or not is_count_or_unknown(record->'bounces'->>'soft_bounces')
            then 'hard_bounces or soft_bounces is not a whole number'
        when not is_count_or_unknown(record->>'abuse_reports')
            or not is_count_or_unknown(record->>'unsubscribed')
            then 'abuse_reports or unsubscribed is not a whole number'
        when not is_count_or_unknown(record->'opens'->>'opens_total')
            or not is_count_or_unknown(record->'opens'->>'unique_opens')
            or not is_count_or_unknown(record->'opens'->>'proxy_excluded_opens')
            or not is_count_or_unknown(record->'opens'->>'proxy_excluded_unique_opens')
            then 'opens are not whole numbers'
        when not is_count_or_unknown(record->'clicks'->>'clicks_total')
            or not is_count_or_unknown(record->'clicks'->>'unique_clicks')
            or not is_count_or_unknown(record->'clicks'->>'unique_subscriber_clicks')
            then 'clicks are not whole numbers'
        when not is_count_or_unknown(record->'ecommerce'->>'total_orders')
            or not is_money_or_unknown(record->'ecommerce'->>'total_revenue')
            then 'total_orders or total_revenue is not a plain number'
    end as reject_reason
from landing
