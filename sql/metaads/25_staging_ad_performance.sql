-- One row per account, day and the finest of campaign, ad set and ad that insights have of it.
-- partition: month
-- key: month, account, date, date_end, level, campaign_id, adset_id, ad_id
-- incremental: required
-- feeds: ad_performance
--
-- Only days, so that every dollar is fed once: lifetimes and windows stay in
-- staging.metaads__insights and staging.metaads__manager.
with days as (
    select
        insights.*,
        case level when 'ad' then 1 when 'adset' then 2 when 'campaign' then 3 else 4 end as depth
    from staging.metaads__insights as insights
    where span = 'day'
),

fx as (
    select currency, valid_from, valid_until, usd_per_unit
    from staging.catalog__fx
),

finest as (
    select *
    from days
    qualify depth = min(depth) over (partition by month, account, date)
)

select
    finest.date,
    finest.date_end,
    finest.month,
    'meta' as platform,
    'metaads' as source,
    finest.account,
    finest.account_id as ad_account_id,
    finest.level,
    finest.campaign_id,
    finest.campaign_name,
    finest.adset_id,
    finest.adset_name,
    finest.ad_id,
    finest.ad_name,
    finest.currency,
    finest.spend,
    (finest.spend * fx.usd_per_unit)::decimal(18, 6) as spend_usd,
    finest.impressions,
    finest.reach,
    finest.clicks,
    finest.link_clicks,
    null::bigint as video_views,
    null::decimal(18, 6) as conversions,
    finest.is_partial,
    finest._drop,
    finest._file,
    finest._row
from finest
left join fx
    on finest.currency = fx.currency
    and finest.date >= fx.valid_from
    and finest.date < fx.valid_until
