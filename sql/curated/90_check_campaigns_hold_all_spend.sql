-- One row per account and currency whose campaigns hold other spend than its ads by day.
-- severity: error
with ads as (
    select source, account, currency, sum(spend)::decimal(38, 6) as spend
    from curated.ads_daily
    where campaign_key is not null
    group by source, account, currency
),

campaigns as (
    select source, account, currency, sum(spend)::decimal(38, 6) as spend
    from curated.campaigns
    group by source, account, currency
),

-- A campaign in two currencies has no one sum.
mixed as (
    select source, account
    from curated.campaigns
    where spend is null
    group by source, account
)

select
    ads.source,
    ads.account,
    ads.currency,
    ads.spend as ads_spend,
    campaigns.spend as campaigns_spend
from ads
left join campaigns
    on ads.source = campaigns.source
    and ads.account = campaigns.account
    and ads.currency is not distinct from campaigns.currency
left join mixed on ads.source = mixed.source and ads.account = mixed.account
where mixed.source is null and ads.spend is distinct from campaigns.spend
order by ads.source, ads.account, ads.currency
