-- One row per account, level, day and campaign, ad group or ad.
-- partition: month
-- key: month, account, level, date, campaign_id, adgroup_id, ad_id
-- incremental: required
-- check: spend >= 0
--
-- The three levels are three views of the same money.
with report as (
    select *
    from raw.tiktok__ads_report
)

select
    report.account,
    report.level,
    report.date,
    report.month,
    report.advertiser_id,
    coalesce(report.campaign_id, report.campaign_of) as campaign_id,
    trimmed(report.campaign_name) as campaign_name,
    coalesce(report.adgroup_id, report.adgroup_of) as adgroup_id,
    trimmed(report.adgroup_name) as adgroup_name,
    report.ad_id,
    trimmed(report.ad_name) as ad_name,
    upper(known(report.currency)) as currency,
    report.spend::decimal(18, 6) as spend,
    studio_count(report.impressions)::bigint as impressions,
    studio_count(report.reach)::bigint as reach,
    studio_count(report.clicks)::bigint as clicks,
    try_cast(studio_count(report.conversions) as decimal(18, 6)) as conversions,
    studio_count(report.video_plays)::bigint as video_plays,
    report.is_partial,
    report._drop,
    report._file,
    report._row
from report
