-- One row per account, level, span, day or window, and campaign, ad set or ad.
-- partition: month
-- key: none
-- incremental: required
-- check: spend >= 0
-- check: date <= date_end
--
-- The levels are views of the same money, and days and windows too: staging.metaads__ad_performance
-- chooses. Lines with a breakdown are left out: they repeat their parts. A line that shifted from
-- one page to the next while they were fetched is in both, and the later one counts. Of the windows
-- taken in a month the newest counts: one that went up to the day it was taken, or the day before,
-- has another end each time, and is known by its beginning. reach is people, and adds up over
-- nothing.
with insights as (
    select *
    from raw.metaads__insights
    where breakdown = ''
),

single_lines as (
    select *
    from insights
    qualify row_number() over (
        partition by month, account, level, period, date, line
        order by _drop desc, _file desc, _row desc
    ) = 1
),

newest as (
    select *
    from single_lines
    qualify rank() over (
        partition by
            month,
            account,
            level,
            line,
            date_start,
            case when span = 'day' or iso_date(date_stop) < date - 1 then date_stop end
        order by date desc
    ) = 1
)

select
    newest.account,
    newest.level,
    newest.span,
    iso_date(newest.date_start) as date,
    iso_date(newest.date_stop) as date_end,
    newest.month,
    newest.account_id,
    upper(known(newest.currency)) as currency,
    newest.campaign_id,
    trimmed(newest.campaign_name) as campaign_name,
    newest.adset_id,
    trimmed(newest.adset_name) as adset_name,
    newest.ad_id,
    trimmed(newest.ad_name) as ad_name,
    trimmed(newest.objective) as objective,
    newest.spend::decimal(18, 6) as spend,
    known(newest.impressions)::bigint as impressions,
    known(newest.reach)::bigint as reach,
    known(newest.clicks)::bigint as clicks,
    try_cast(known(newest.link_clicks) as bigint) as link_clicks,
    newest.actions,
    newest.is_partial,
    newest._drop,
    newest._file,
    newest._row
from newest
