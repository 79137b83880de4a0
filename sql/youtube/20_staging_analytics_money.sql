-- One row per account and day of a channel: what it is thought to have earned.
-- partition: month
-- key: month, account, date
-- incremental: required
--
-- Estimates of the Analytics API, in the currency that was asked for; what is paid in the end is
-- told by statements only, so this is no income. estimated_revenue holds the two below it;
-- gross_revenue is what advertisers pay, before YouTube takes its share.
with report as (
    select *
    from raw.youtube__analytics
    where report = 'day,money' and filter = 'all'
)

select
    report.account,
    report.channel_id,
    report.date,
    report.month,
    report.currency,
    known(report.estimated_revenue)::decimal(18, 6) as estimated_revenue,
    known(report.estimated_ad_revenue)::decimal(18, 6) as estimated_ad_revenue,
    known(report.estimated_red_revenue)::decimal(18, 6) as estimated_red_revenue,
    known(report.gross_revenue)::decimal(18, 6) as gross_revenue,
    known(report.monetized_playbacks)::bigint as monetized_playbacks,
    known(report.ad_impressions)::bigint as ad_impressions,
    report.is_partial,
    report._drop,
    report._file,
    report._row
from report
