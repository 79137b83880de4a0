-- One row per insights line and type of action.
-- partition: month
-- key: none
-- incremental: required
--
-- Types contain each other (page_engagement holds post_engagement holds link_click): choose one,
-- never add them up.
with insights as (
    select
        account,
        level,
        span,
        date,
        date_end,
        month,
        campaign_id,
        adset_id,
        ad_id,
        actions,
        _drop,
        _file,
        _row
    from staging.metaads__insights
    where actions is not null
),

single as (
    select insights.*, unnest(from_json(insights.actions, '["json"]')) as action
    from insights
)

select
    single.account,
    single.level,
    single.span,
    single.date,
    single.date_end,
    single.month,
    single.campaign_id,
    single.adset_id,
    single.ad_id,
    single.action->>'action_type' as action_type,
    try_cast(single.action->>'value' as decimal(18, 6)) as value,
    single._drop,
    single._file,
    single._row
from single
