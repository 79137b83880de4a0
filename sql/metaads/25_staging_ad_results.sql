-- One row per day, type of action, and the finest of campaign, ad set and ad that insights have.
-- partition: month
-- key: none
-- incremental: required
-- feeds: ad_results
--
-- The level is that of staging.metaads__ad_performance: the finest with spend, even where only a
-- coarser one tells actions.
with insights as (
    select
        month,
        account,
        date,
        min(
            case level when 'ad' then 1 when 'adset' then 2 when 'campaign' then 3 else 4 end
        ) as depth
    from staging.metaads__insights
    where span = 'day'
    group by month, account, date
),

actions as (
    select
        metaads__actions.*,
        case level when 'ad' then 1 when 'adset' then 2 when 'campaign' then 3 else 4 end as depth
    from staging.metaads__actions
    where span = 'day' and value is not null
)

select
    actions.date,
    actions.month,
    'meta' as platform,
    'metaads' as source,
    actions.account,
    actions.level,
    actions.campaign_id,
    actions.adset_id,
    actions.ad_id,
    actions.action_type as kind,
    actions.value as results,
    actions._drop,
    actions._file,
    actions._row
from actions
inner join insights
    on actions.month = insights.month
    and actions.account = insights.account
    and actions.date = insights.date
    and actions.depth = insights.depth
