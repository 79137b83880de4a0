-- One row per campaign, day of capture and count that exceeds what it is a part of.
-- severity: warn
--
-- Unique ones are no more than all, and nobody opens or clicks what was not delivered to them.
with counted as (
    select
        'report' as told_by,
        account,
        captured_on,
        campaign_id,
        sent,
        hard_bounces + soft_bounces as bounces,
        delivered,
        all_opens,
        all_unique_opens,
        opens,
        unique_opens,
        clicks,
        unique_clicks
    from staging.mailchimp__reports
    union all
    select
        'export' as told_by,
        account,
        captured_on,
        campaign_id,
        sent,
        bounces,
        delivered,
        all_opens,
        all_unique_opens,
        null::bigint as opens,
        null::bigint as unique_opens,
        clicks,
        unique_clicks
    from staging.mailchimp__campaigns_csv
),

compared as (
    select
        counted.told_by,
        counted.account,
        counted.captured_on,
        counted.campaign_id,
        unnest([
            {'what': 'bounces of sent', 'part': counted.bounces, 'whole': counted.sent},
            {
                'what': 'unique opens of delivered',
                'part': counted.all_unique_opens,
                'whole': counted.delivered
            },
            {
                'what': 'unique opens of opens',
                'part': counted.all_unique_opens,
                'whole': counted.all_opens
            },
            {
                'what': 'unique opens of opens, without proxies',
                'part': counted.unique_opens,
                'whole': counted.opens
            },
            {
                'what': 'unique opens without proxies of unique opens',
                'part': counted.unique_opens,
                'whole': counted.all_unique_opens
            },
            {
                'what': 'unique clicks of delivered',
                'part': counted.unique_clicks,
                'whole': counted.delivered
            },
            {
                'what': 'unique clicks of clicks',
                'part': counted.unique_clicks,
                'whole': counted.clicks
            }
        ]) as pair
    from counted
)

select
    compared.account,
    compared.captured_on,
    compared.campaign_id,
    compared.told_by,
    compared.pair.what as what,
    compared.pair.part as part,
    compared.pair.whole as whole
from compared
where compared.pair.part > compared.pair.whole
order by compared.account, compared.captured_on, compared.campaign_id, compared.told_by, what
