-- One row per account, day of capture and campaign in an export of campaign reports.
-- partition: month
-- key: month, account, captured_on, campaign_id
-- incremental: required
--
-- The export tells privacy proxies from people nowhere: its opens are all of them. sent_local_at is
-- of a time zone that the export does not name, so it is no UTC. What delivered and bounces are
-- computed from may be missing in an export, the totals then stand in.
with campaigns as (
    select *
    from raw.mailchimp__campaigns_csv
),

latest_of_day as (
    select *
    from campaigns
    qualify row_number() over (
        partition by month, account, captured_on, campaign_id
        order by _drop desc, _file desc, _row desc
    ) = 1
),

typed as (
    select
        latest_of_day.*,
        ungrouped(total_recipients)::bigint as sent,
        ungrouped(known(successful_deliveries))::bigint as deliveries,
        ungrouped(known(hard_bounces))::bigint as hard,
        ungrouped(known(soft_bounces))::bigint as soft,
        ungrouped(known(total_bounces))::bigint as bounced
    from latest_of_day
)

select
    typed.account,
    typed.captured_on,
    typed.month,
    typed.campaign_id,
    trimmed(typed.list_name) as list_name,
    trimmed(typed.title) as title,
    trimmed(typed.subject) as subject,
    mail_local_time(typed.send_date) as sent_local_at,
    typed.sent,
    typed.hard as hard_bounces,
    typed.soft as soft_bounces,
    coalesce(typed.hard + typed.soft, typed.bounced) as bounces,
    typed.bounced as bounces_told,
    coalesce(typed.sent - typed.hard - typed.soft, typed.deliveries) as delivered,
    typed.deliveries as delivered_told,
    ungrouped(known(typed.total_opens))::bigint as all_opens,
    ungrouped(known(typed.unique_opens))::bigint as all_unique_opens,
    ungrouped(known(typed.total_clicks))::bigint as clicks,
    ungrouped(known(typed.unique_clicks))::bigint as unique_clicks,
    ungrouped(known(typed.unsubscribes))::bigint as unsubscribes,
    ungrouped(known(typed.abuse_complaints))::bigint as complaints,
    ungrouped(known(typed.total_orders))::bigint as orders,
    known(typed.total_revenue)::decimal(18, 6) as revenue,
    try_cast(percent_text(typed.open_rate) as decimal(9, 4)) as open_rate_pct_told,
    try_cast(percent_text(typed.click_rate) as decimal(9, 4)) as click_rate_pct_told,
    typed._drop,
    typed._file,
    typed._row
from typed
