-- One row per account, day of capture and line of an Ads Manager export, totals left out.
-- key: none
-- check: coalesce(spend, 0) >= 0
--
-- A line is about the days from date to date_end, one when the export was broken down by day.
with manager as (
    select *
    from raw.metaads__manager
    where line_kind = 'row'
)

select
    manager.account,
    manager.captured_on,
    manager.month,
    coalesce(iso_date(manager.day), iso_date(manager.reporting_starts)) as date,
    coalesce(iso_date(manager.day), iso_date(manager.reporting_ends)) as date_end,
    manager.named_level as level,
    whole_id(manager.campaign_id) as campaign_id,
    trimmed(manager.campaign_name) as campaign_name,
    whole_id(manager.adset_id) as adset_id,
    trimmed(manager.adset_name) as adset_name,
    whole_id(manager.ad_id) as ad_id,
    trimmed(manager.ad_name) as ad_name,
    manager.currency,
    manager_number(manager.spent)::decimal(18, 6) as spend,
    manager_number(manager.impressions)::decimal(18, 2)::bigint as impressions,
    manager_number(manager.reach)::decimal(18, 2)::bigint as reach,
    manager_number(manager.clicks)::decimal(18, 2)::bigint as clicks,
    manager_number(manager.link_clicks)::decimal(18, 2)::bigint as link_clicks,
    manager_number(manager.results)::decimal(18, 6) as results,
    trimmed(manager.result_indicator) as result_indicator,
    manager._drop,
    manager._file,
    manager._row
from manager
