-- One row per account, day of capture and list: how many are on it.
-- partition: month
-- key: month, account, captured_on, list_id
-- incremental: required
--
-- members can be written to; contacts are all that were ever there. The rates are percent and an
-- average over campaigns that nobody can recompute: they are kept to compare.
with lists as (
    select *
    from raw.mailchimp__lists
),

latest_of_day as (
    select *
    from lists
    qualify row_number() over (
        partition by month, account, captured_on, list_id
        order by _drop desc, _file desc, _row desc
    ) = 1
)

select
    latest_of_day.account,
    latest_of_day.captured_on,
    latest_of_day.month,
    latest_of_day.list_id,
    trimmed(latest_of_day.list_name) as list_name,
    mail_time(latest_of_day.date_created) as created_at,
    known(latest_of_day.member_count)::bigint as members,
    known(latest_of_day.total_contacts)::bigint as contacts,
    known(latest_of_day.unsubscribe_count)::bigint as unsubscribed,
    known(latest_of_day.cleaned_count)::bigint as cleaned,
    known(latest_of_day.campaign_count)::bigint as campaigns,
    mail_time(latest_of_day.campaign_last_sent) as last_sent_at,
    mail_time(latest_of_day.last_sub_date) as last_subscribed_at,
    mail_time(latest_of_day.last_unsub_date) as last_unsubscribed_at,
    try_cast(known(latest_of_day.open_rate) as decimal(9, 4)) as open_rate_pct_told,
    try_cast(known(latest_of_day.click_rate) as decimal(9, 4)) as click_rate_pct_told,
    latest_of_day._drop,
    latest_of_day._file,
    latest_of_day._row
from latest_of_day
