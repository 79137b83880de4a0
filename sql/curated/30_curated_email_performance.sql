-- One row per e-mail campaign: what became of it, and how that compares with its own list.
-- key: source, account, campaign_id
-- check: (open_rate is null) = (unique_opens is null or coalesce(delivered, 0) <= 0)
-- check: (click_rate is null) = (unique_clicks is null or coalesce(delivered, 0) <= 0)
-- check: sample_size >= 0 and (median_open_rate is null or sample_size >= 5)
-- export: yes
-- column source: Source that tells it.
-- column account: Account that sent it.
-- column campaign_id: Id of the campaign.
-- column list_id: Id of the list it went to; NULL if never told.
-- column title: Name of the campaign.
-- column subject: Subject line.
-- column sent_at: When it was sent, UTC; NULL if never told.
-- column captured_on: Day of the newest look, whose counts these are.
-- column sent: Mails sent.
-- column delivered: Mails sent less bounces.
-- column unique_opens: People who opened it, mail programs that open on their own left out.
-- column all_unique_opens: People who opened it, or whose mail program did.
-- column unique_clicks: People who clicked.
-- column unsubscribes: People who left the list with it.
-- column bounces: Mails that came back.
-- column complaints: People who called it spam.
-- column delivery_rate: delivered by sent, as a fraction; NULL if nothing was sent.
-- column open_rate: unique_opens by delivered; NULL where proxies are not told apart.
-- column click_rate: unique_clicks by delivered, as a fraction.
-- column click_to_open_rate: unique_clicks by unique_opens; may exceed 1: proxied people click.
-- column unsubscribe_rate: unsubscribes by delivered, as a fraction.
-- column complaint_rate: complaints by delivered, as a fraction.
-- column sample_size: Campaigns of the list that are told at least seven days after sending.
-- column open_sample_size: Those of them whose open rate is known.
-- column median_open_rate: Median open rate of these; NULL if fewer than five.
-- column median_click_rate: Median click rate of these; NULL if fewer than five.
-- column open_rate_difference: open_rate less median_open_rate; NULL while the campaign is young.
-- column click_rate_difference: click_rate less median_click_rate; NULL while it is young.
-- column revenue: Money of orders the mail program ascribes to it, in currency.
-- column currency: Currency of revenue, ISO 4217; NULL if never told.
-- column is_partial: Told less than seven days after sending; NULL if that day is unknown.
--
-- Counts are those of one look, so that rates are of one moment; who, where and when are the newest
-- that any look told. A campaign counts towards the median of its list. Revenue is a claim of the
-- mail program, stays in its currency and is in no sum of money.
with email as (
    select
        captured_on,
        source,
        account,
        campaign_id,
        list_id,
        title,
        subject,
        sent_at,
        sent,
        delivered,
        unique_opens,
        all_unique_opens,
        unique_clicks,
        unsubscribes,
        bounces,
        complaints,
        revenue,
        currency
    from feeds.email
),

described as (
    select
        email.* exclude (list_id, title, subject, sent_at, currency),
        last_value(list_id ignore nulls) over of_campaign as list_id,
        last_value(title ignore nulls) over of_campaign as title,
        last_value(subject ignore nulls) over of_campaign as subject,
        last_value(sent_at ignore nulls) over of_campaign as sent_at,
        last_value(currency ignore nulls) over of_campaign as currency
    from email
    window of_campaign as (
        partition by source, account, campaign_id
        order by captured_on
        rows between unbounded preceding and unbounded following
    )
),

newest as (
    select *
    from described
    qualify row_number() over (
        partition by source, account, campaign_id
        order by captured_on desc
    ) = 1
),

rates as (
    select
        newest.*,
        case when delivered > 0 then unique_opens / delivered end::decimal(24, 9) as open_rate,
        case when delivered > 0 then unique_clicks / delivered end::decimal(24, 9) as click_rate,
        captured_on < sent_at::date + 7 as is_partial
    from newest
),

lists as (
    select
        source,
        account,
        list_id,
        count(*) as sample_size,
        count(open_rate) as open_sample_size,
        case when count(open_rate) >= 5 then median(open_rate) end::decimal(24, 9)
            as median_open_rate,
        case when count(click_rate) >= 5 then median(click_rate) end::decimal(24, 9)
            as median_click_rate
    from rates
    where list_id is not null and not is_partial
    group by source, account, list_id
)

select
    rates.source,
    rates.account,
    rates.campaign_id,
    rates.list_id,
    rates.title,
    rates.subject,
    rates.sent_at,
    rates.captured_on,
    rates.sent,
    rates.delivered,
    rates.unique_opens,
    rates.all_unique_opens,
    rates.unique_clicks,
    rates.unsubscribes,
    rates.bounces,
    rates.complaints,
    case when rates.sent > 0 then rates.delivered / rates.sent end::decimal(24, 9) as delivery_rate,
    rates.open_rate,
    rates.click_rate,
    case
        when rates.unique_opens > 0 then rates.unique_clicks / rates.unique_opens
    end::decimal(24, 9) as click_to_open_rate,
    case when rates.delivered > 0 then rates.unsubscribes / rates.delivered end::decimal(24, 9)
        as unsubscribe_rate,
    case when rates.delivered > 0 then rates.complaints / rates.delivered end::decimal(24, 9)
        as complaint_rate,
    coalesce(lists.sample_size, 0) as sample_size,
    coalesce(lists.open_sample_size, 0) as open_sample_size,
    lists.median_open_rate,
    lists.median_click_rate,
    case
        when not rates.is_partial then rates.open_rate - lists.median_open_rate
    end::decimal(24, 9) as open_rate_difference,
    case
        when not rates.is_partial then rates.click_rate - lists.median_click_rate
    end::decimal(24, 9) as click_rate_difference,
    rates.revenue,
    rates.currency,
    rates.is_partial
from rates
left join lists
    on rates.source = lists.source
    and rates.account = lists.account
    and rates.list_id = lists.list_id
