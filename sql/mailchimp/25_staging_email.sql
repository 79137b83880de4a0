-- One row per account, day of capture and campaign: what it had gathered until then.
-- partition: month
-- key: month, account, captured_on, campaign_id
-- incremental: required
-- feeds: email
--
-- Where report and export tell of a campaign on a day, the report is taken. The export names
-- neither list id nor currency nor the time zone of its send date: these are unknown.
with reports as (
    select *
    from staging.mailchimp__reports
),

exports as (
    select *
    from staging.mailchimp__campaigns_csv
),

told as (
    select
        1 as precedence,
        reports.captured_on,
        reports.month,
        reports.account,
        reports.campaign_id,
        reports.list_id,
        reports.title,
        reports.subject,
        reports.sent_at,
        reports.sent,
        reports.delivered,
        reports.unique_opens,
        reports.all_unique_opens,
        reports.unique_clicks,
        reports.unsubscribes,
        reports.hard_bounces + reports.soft_bounces as bounces,
        reports.complaints,
        reports.revenue,
        reports.currency,
        reports._drop,
        reports._file,
        reports._row
    from reports
    union all
    select
        2 as precedence,
        exports.captured_on,
        exports.month,
        exports.account,
        exports.campaign_id,
        null::varchar as list_id,
        exports.title,
        exports.subject,
        null::timestamp as sent_at,
        exports.sent,
        exports.delivered,
        null::bigint as unique_opens,
        exports.all_unique_opens,
        exports.unique_clicks,
        exports.unsubscribes,
        exports.bounces,
        exports.complaints,
        exports.revenue,
        null::varchar as currency,
        exports._drop,
        exports._file,
        exports._row
    from exports
),

chosen as (
    select *
    from told
    qualify precedence = min(precedence) over (
        partition by month, account, captured_on, campaign_id
    )
)

select
    chosen.captured_on,
    chosen.month,
    'mailchimp' as source,
    chosen.account,
    chosen.campaign_id,
    chosen.list_id,
    chosen.title,
    chosen.subject,
    chosen.sent_at,
    chosen.sent,
    chosen.delivered,
    chosen.unique_opens,
    chosen.all_unique_opens,
    chosen.unique_clicks,
    chosen.unsubscribes,
    chosen.bounces,
    chosen.complaints,
    chosen.revenue,
    chosen.currency,
    chosen._drop,
    chosen._file,
    chosen._row
from chosen
