-- One row per account, day of capture and line of an Ads Manager export, totals left out.
-- key: none
-- check: coalesce(spend, 0) >= 0
--
-- A line is about the days from date to date_end, one when the export was broken down by day.
-- Levels, windows, days and breakdowns are views of the same money: choose one, never add them up.
with manager as (
    select *
    from raw.metaads__manager
    where line_kind = 'row'
)

select
    manager.account,
    manager.captured_on,
    manager.month,
    manager.level,
    case when iso_date(manager.day) is not null then 'day' else 'window' end as span,
    manager.breakdown,
    coalesce(iso_date(manager.day), iso_date(manager.reporting_starts)) as date,
    coalesce(iso_date(manager.day), iso_date(manager.reporting_ends)) as date_end,
    whole_id(manager.campaign_id) as campaign_id,
    trimmed(manager.campaign_name) as campaign_name,
    whole_id(manager.adset_id) as adset_id,
    trimmed(manager.adset_name) as adset_name,
    whole_id(manager.ad_id) as ad_id,
    trimmed(manager.ad_name) as ad_name,
    upper(manager.currency) as currency,
    manager_amount(manager.spent) as spend,
    manager_count(manager.impressions) as impressions,
    manager_count(manager.reach) as reach,
    manager_count(manager.clicks) as clicks,
    manager_count(manager.link_clicks) as link_clicks,
    manager_amount(manager.results) as results,
    trimmed(manager.result_indicator) as result_indicator,
    manager._drop,
    manager._file,
    manager._row
from manager
