-- One row per ad campaign and kind of result: how many there were and what one cost.
-- key: campaign_key, kind
-- check: results >= 0
-- export: yes
-- column campaign_key: source/account/ad account/campaign: one text for one campaign; id, else
--     name.
-- column kind: Kind of result as the platform calls it, such as link_click or
--     offsite_conversion.fb_pixel_purchase; conversions where it names no kind.
-- column results: Results of the kind: what the cost rests on.
-- column spend_usd: Money of the whole campaign, USD: the same for each kind; NULL if a part of it
--     has no rate.
-- column cost_per_result_usd: spend_usd by results, USD; NULL without any.
--
-- Kinds hold each other (page_engagement holds link_click) and share one spend: nobody may add two.
with campaigns as (
    select campaign_key, spend_usd, results
    from curated.campaigns
),

ads as (
    select campaign_key, source, account, campaign_id
    from curated.ads_daily
    where campaign_id is not null
),

ad_results as (
    select source, account, campaign_id, kind, results
    from feeds.ad_results
),

keys as (
    select source, account, campaign_id, min(campaign_key) as campaign_key
    from ads
    group by source, account, campaign_id
),

totals as (
    select keys.campaign_key, ad_results.kind, sum(ad_results.results) as results
    from ad_results
    inner join keys
        on ad_results.source = keys.source
        and ad_results.account = keys.account
        and ad_results.campaign_id = keys.campaign_id
    group by keys.campaign_key, ad_results.kind

    union all

    select campaigns.campaign_key, 'conversions' as kind, campaigns.results
    from campaigns
    where campaigns.results is not null
)

select
    totals.campaign_key,
    totals.kind,
    totals.results::decimal(38, 6) as results,
    campaigns.spend_usd,
    (campaigns.spend_usd::double / nullif(totals.results, 0)::double)::decimal(24, 12)
        as cost_per_result_usd
from totals
inner join campaigns on totals.campaign_key = campaigns.campaign_key
