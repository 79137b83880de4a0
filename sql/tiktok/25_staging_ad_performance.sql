-- One row per account, day and the finest of campaign, ad group and ad that a report of it has.
-- partition: month
-- key: month, account, date, level, campaign_id, adset_id, ad_id
-- feeds: ad_performance
--
-- The report names no currency unless it was asked for: then its amounts are unknown in dollars.
with ads as (
    select
        ads_daily.*,
        case level when 'ad' then 1 when 'adset' then 2 when 'campaign' then 3 else 4 end as depth
    from staging.tiktok__ads_daily as ads_daily
),

fx as (
    select currency, valid_from, valid_until, usd_per_unit
    from staging.catalog__fx
),

finest as (
    select *
    from ads
    qualify depth = min(depth) over (partition by month, account, date)
)

select
    finest.date,
    finest.date as date_end,
    finest.month,
    'tiktok' as platform,
    'tiktok' as source,
    finest.account,
    finest.advertiser_id as ad_account_id,
    finest.level,
    finest.campaign_id,
    finest.campaign_name,
    finest.adgroup_id as adset_id,
    finest.adgroup_name as adset_name,
    finest.ad_id,
    finest.ad_name,
    finest.currency,
    finest.spend,
    (finest.spend * fx.usd_per_unit)::decimal(18, 6) as spend_usd,
    finest.impressions,
    finest.reach,
    finest.clicks,
    null::bigint as link_clicks,
    finest.video_plays as video_views,
    finest.conversions,
    finest.is_partial,
    finest._drop,
    finest._file,
    finest._row
from finest
left join fx
    on finest.currency = fx.currency
    and finest.date >= fx.valid_from
    and finest.date < fx.valid_until
