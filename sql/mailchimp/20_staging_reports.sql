-- One row per account, day of capture and campaign: what its report had counted until then.
-- partition: month
-- key: month, account, captured_on, campaign_id
-- incremental: required
--
-- unique_opens and opens leave out what mail programs fetch on their own (proxy_excluded_*); where
-- Mailchimp does not tell these apart they are unknown, and all_unique_opens and all_opens hold
-- everything. unique_clicks are people (unique_subscriber_clicks), as the click rate counts them;
-- the API's unique_clicks count each link anew and are unique_link_clicks here.
-- Rates are recomputed by whoever shows them; the API's are kept to compare, as fractions of 1.
with reports as (
    select *
    from raw.mailchimp__reports
),

latest_of_day as (
    select *
    from reports
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
    trimmed(latest_of_day.list_id) as list_id,
    trimmed(latest_of_day.list_name) as list_name,
    trimmed(latest_of_day.campaign_type) as campaign_type,
    trimmed(latest_of_day.title) as title,
    trimmed(latest_of_day.subject) as subject,
    mail_time(latest_of_day.send_time) as sent_at,
    latest_of_day.emails_sent::bigint as sent,
    known(latest_of_day.hard_bounces)::bigint as hard_bounces,
    known(latest_of_day.soft_bounces)::bigint as soft_bounces,
    latest_of_day.emails_sent::bigint
        - known(latest_of_day.hard_bounces)::bigint
        - known(latest_of_day.soft_bounces)::bigint as delivered,
    known(latest_of_day.opens_total)::bigint as all_opens,
    known(latest_of_day.unique_opens)::bigint as all_unique_opens,
    known(latest_of_day.proxy_excluded_opens)::bigint as opens,
    known(latest_of_day.proxy_excluded_unique_opens)::bigint as unique_opens,
    known(latest_of_day.clicks_total)::bigint as clicks,
    known(latest_of_day.unique_clicks)::bigint as unique_link_clicks,
    known(latest_of_day.unique_subscriber_clicks)::bigint as unique_clicks,
    known(latest_of_day.unsubscribed)::bigint as unsubscribes,
    known(latest_of_day.abuse_reports)::bigint as complaints,
    known(latest_of_day.total_orders)::bigint as orders,
    known(latest_of_day.total_revenue)::decimal(18, 6) as revenue,
    upper(known(latest_of_day.currency_code)) as currency,
    try_cast(known(latest_of_day.open_rate) as decimal(18, 6)) as open_rate_told,
    try_cast(known(latest_of_day.click_rate) as decimal(18, 6)) as click_rate_told,
    latest_of_day._drop,
    latest_of_day._file,
    latest_of_day._row
from latest_of_day
