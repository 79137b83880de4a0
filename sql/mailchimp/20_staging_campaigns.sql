-- One row per account, day of capture and campaign, sent or not.
-- partition: month
-- key: month, account, captured_on, campaign_id
-- incremental: required
--
-- The summary has neither bounces nor unsubscribes, so feeds.email takes the reports.
with campaigns as (
    select *
    from raw.mailchimp__campaigns
),

latest_of_day as (
    select *
    from campaigns
    qualify row_number() over (
        partition by month, account, captured_on, campaign_id
        order by _drop desc, _file desc, _row desc
    ) = 1
)

select
    latest_of_day.account,
    latest_of_day.captured_on,
    latest_of_day.month,
    latest_of_day.campaign_id,
    trimmed(latest_of_day.web_id) as web_id,
    trimmed(latest_of_day.list_id) as list_id,
    trimmed(latest_of_day.list_name) as list_name,
    trimmed(latest_of_day.campaign_type) as campaign_type,
    trimmed(latest_of_day.status) as status,
    trimmed(latest_of_day.title) as title,
    trimmed(latest_of_day.subject) as subject,
    mail_time(latest_of_day.create_time) as created_at,
    mail_time(latest_of_day.send_time) as sent_at,
    known(latest_of_day.recipient_count)::bigint as recipients,
    known(latest_of_day.emails_sent)::bigint as sent,
    known(latest_of_day.opens)::bigint as all_opens,
    known(latest_of_day.unique_opens)::bigint as all_unique_opens,
    known(latest_of_day.proxy_excluded_opens)::bigint as opens,
    known(latest_of_day.proxy_excluded_unique_opens)::bigint as unique_opens,
    known(latest_of_day.clicks)::bigint as clicks,
    known(latest_of_day.subscriber_clicks)::bigint as unique_clicks,
    latest_of_day._drop,
    latest_of_day._file,
    latest_of_day._row
from latest_of_day
