-- One row per ad campaign of which nobody knows the artist, with its spend.
-- severity: warn
--
-- Add the campaign to LAKE/catalog/campaigns.csv.
with campaigns as (
    select source, account, campaign_key, campaign_name, currency, spend, spend_usd
    from curated.campaigns
    where not is_resolved
)

select
    campaigns.source,
    campaigns.account,
    campaigns.campaign_key,
    campaigns.campaign_name,
    campaigns.currency,
    campaigns.spend,
    campaigns.spend_usd
from campaigns
order by campaigns.source, campaigns.account, campaigns.campaign_key
