-- One row per day, or longer window, and the finest of campaign, ad set and ad that a source feeds.
-- partition: month
-- key: month, date, date_end, source, account, ad_account_id, level, campaign_id, campaign_name,
--     adset_id, ad_id, currency
-- incremental: required
-- check: date_end >= date
-- check: clicks >= 0 and impressions >= 0
-- check: currency != 'USD' or spend_usd is not distinct from spend
-- export: yes
-- column date: Day in the ad account's time zone; first day of a window.
-- column date_end: Last day the row is about; equal to date for a day.
-- column month: Month (YYYY-MM) of date.
-- column platform: Platform the ads ran on.
-- column source: Source of the numbers.
-- column account: Account at the source.
-- column ad_account_id: Ad account as the platform numbers it.
-- column level: campaign, adset or ad: the finest that was told.
-- column campaign_key: source/account/ad account/campaign: one text for one campaign; id, else
--     name.
-- column campaign_id: Id of the campaign; NULL where the platform gives none.
-- column campaign_name: Name of the campaign as the platform writes it.
-- column adset_id: Id of the ad set.
-- column adset_name: Name of the ad set.
-- column ad_id: Id of the ad.
-- column ad_name: Name of the ad.
-- column currency: Currency of spend, ISO 4217; NULL where the report names none.
-- column spend: Money spent, in currency. Every spend is in one row only: these may be added up.
-- column spend_usd: Money spent, in USD; NULL if the rate or the currency is unknown.
-- column impressions: Times shown; NULL where not told.
-- column reach: People who saw it; adds up over nothing.
-- column clicks: All clicks; NULL where not told.
-- column link_clicks: Clicks that left for the link; NULL where not told.
-- column results: What the platform counts as conversions; NULL where it told none.
-- column ctr: Click rate: clicks by impressions, a fraction of 1; NULL without impressions.
-- column cpc_usd: Cost per click: spend_usd by clicks, USD; NULL without clicks.
-- column cpm_usd: Cost per thousand impressions, USD; NULL without impressions.
-- column cost_per_result_usd: spend_usd by results, USD; NULL without results.
-- column is_partial: The day or window is not finished, or the platform still corrects it.
--
-- Ratios of longer periods are ratios of sums, never means of these. A platform feeds days or
-- windows, never both, so spend counts once.
with ads as (
    select
        date,
        date_end,
        month,
        platform,
        source,
        account,
        ad_account_id,
        level,
        campaign_id,
        campaign_name,
        adset_id,
        adset_name,
        ad_id,
        ad_name,
        currency,
        spend,
        spend_usd,
        impressions,
        reach,
        clicks,
        link_clicks,
        conversions,
        is_partial
    from feeds.ad_performance
),

totals as (
    select
        date,
        date_end,
        month,
        platform,
        source,
        account,
        ad_account_id,
        level,
        campaign_id,
        campaign_name,
        adset_id,
        max(adset_name) as adset_name,
        ad_id,
        max(ad_name) as ad_name,
        currency,
        sum(spend)::decimal(18, 6) as spend,
        case when count(spend_usd) = count(*) then sum(spend_usd) end::decimal(18, 6) as spend_usd,
        sum(impressions)::bigint as impressions,
        case when count(*) = 1 then max(reach) end as reach,
        sum(clicks)::bigint as clicks,
        sum(link_clicks)::bigint as link_clicks,
        sum(conversions)::decimal(18, 6) as results,
        bool_or(is_partial) as is_partial
    from ads
    group by
        date,
        date_end,
        month,
        platform,
        source,
        account,
        ad_account_id,
        level,
        campaign_id,
        campaign_name,
        adset_id,
        ad_id,
        currency
)

select
    totals.date,
    totals.date_end,
    totals.month,
    totals.platform,
    totals.source,
    totals.account,
    totals.ad_account_id,
    totals.level,
    case
        when coalesce(totals.campaign_id, totals.campaign_name) is not null
            then concat_ws(
                '/',
                totals.source,
                totals.account,
                totals.ad_account_id,
                coalesce(totals.campaign_id, totals.campaign_name)
            )
    end as campaign_key,
    totals.campaign_id,
    totals.campaign_name,
    totals.adset_id,
    totals.adset_name,
    totals.ad_id,
    totals.ad_name,
    totals.currency,
    totals.spend,
    totals.spend_usd,
    totals.impressions,
    totals.reach,
    totals.clicks,
    totals.link_clicks,
    totals.results,
    (totals.clicks::double / nullif(totals.impressions, 0))::decimal(24, 12) as ctr,
    (totals.spend_usd::double / nullif(totals.clicks, 0))::decimal(24, 12) as cpc_usd,
    (1000 * totals.spend_usd::double / nullif(totals.impressions, 0))::decimal(24, 12) as cpm_usd,
    (totals.spend_usd::double / nullif(totals.results, 0)::double)::decimal(24, 12) as cost_per_result_usd,
    totals.is_partial
from totals
