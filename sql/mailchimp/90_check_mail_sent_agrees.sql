-- One row per campaign and day whose report tells another number of mails than list or export.
-- severity: warn
--
-- How many were sent no longer changes once all are; campaigns still being sent are left out.
with reports as (
    select account, captured_on, campaign_id, sent
    from staging.mailchimp__reports
),

others as (
    select 'campaigns' as told_by, account, captured_on, campaign_id, sent
    from staging.mailchimp__campaigns
    where status = 'sent'
    union all
    select 'export' as told_by, account, captured_on, campaign_id, sent
    from staging.mailchimp__campaigns_csv
)

select
    reports.account,
    reports.captured_on,
    reports.campaign_id,
    others.told_by,
    reports.sent,
    others.sent as sent_elsewhere
from reports
inner join others
    on reports.account = others.account
    and reports.captured_on = others.captured_on
    and reports.campaign_id = others.campaign_id
where reports.sent != others.sent
order by reports.account, reports.captured_on, reports.campaign_id, others.told_by
