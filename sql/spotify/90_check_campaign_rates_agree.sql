-- One row per campaign whose stated conversion rate is not that of its own counts.
-- severity: warn
--
-- Stated to a hundredth. Where they differ Spotify counts by another rule than Converted Listeners
-- of Reach, or the line is damaged.
with campaigns as (
    select account, campaign_key, start_date, conversion_pct, stated_conversion_pct
    from staging.spotify__campaigns
)

select
    campaigns.account,
    campaigns.campaign_key,
    campaigns.start_date,
    campaigns.conversion_pct,
    campaigns.stated_conversion_pct
from campaigns
where abs(campaigns.conversion_pct - campaigns.stated_conversion_pct) > 0.01
order by campaigns.account, campaigns.campaign_key, campaigns.start_date
