-- One row per account and campaign of Spotify's own promotion: Marquee and Showcase.
-- partition: month
-- key: none
-- incremental: required
-- feeds: ad_performance
--
-- A campaign is one row about all of its days, never its segments beside it. Nothing tells
-- impressions; reach is people. Converted are those who streamed after they saw it.
with campaigns as (
    select
        account,
        month,
        start_date,
        end_date,
        campaign_name,
        currency,
        spend,
        reach,
        clicks,
        converted_listeners,
        is_partial,
        _drop,
        _file,
        _row
    from staging.spotify__campaigns
),

fx as (
    select currency, valid_from, valid_until, usd_per_unit
    from staging.catalog__fx
)

select
    campaigns.start_date as date,
    campaigns.end_date as date_end,
    campaigns.month,
    'spotify' as platform,
    'spotify' as source,
    campaigns.account,
    null::varchar as ad_account_id,
    'campaign' as level,
    null::varchar as campaign_id,
    campaigns.campaign_name,
    null::varchar as adset_id,
    null::varchar as adset_name,
    null::varchar as ad_id,
    null::varchar as ad_name,
    campaigns.currency,
    campaigns.spend,
    (campaigns.spend * fx.usd_per_unit)::decimal(18, 6) as spend_usd,
    null::bigint as impressions,
    campaigns.reach,
    campaigns.clicks,
    null::bigint as link_clicks,
    null::bigint as video_views,
    campaigns.converted_listeners::decimal(18, 6) as conversions,
    campaigns.is_partial,
    campaigns._drop,
    campaigns._file,
    campaigns._row
from campaigns
left join fx
    on campaigns.currency = fx.currency
    and campaigns.start_date >= fx.valid_from
    and campaigns.start_date < fx.valid_until
