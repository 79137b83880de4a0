-- One row per account and day: what people did on the profile.
-- partition: month
-- key: month, account, date
-- incremental: required
-- feeds: engagement_daily
--
-- API and Business Suite tell the same days. Each number is taken from the API where it tells it,
-- else from Suite, never from both: the API may have been asked for less, and days of the past it
-- was not asked for at all. Drop, file and row are those of the newest line among a day's.
with insights as (
    select
        account,
        date,
        month,
        case metric when 'website_clicks' then 'link_clicks' else metric end as metric,
        value,
        is_partial,
        _drop,
        _file,
        _row
    from staging.instagram__insights
),

suite as (
    select
        account,
        date,
        month,
        case metric
            when 'visits' then 'profile_views'
            when 'profile_visits' then 'profile_views'
            else metric
        end as metric,
        value,
        is_partial,
        _drop,
        _file,
        _row
    from staging.instagram__suite_daily
    where value is not null
),

told as (
    select
        1 as precedence,
        insights.account,
        insights.date,
        insights.month,
        insights.metric,
        insights.value,
        insights.is_partial,
        insights._drop,
        insights._file,
        insights._row
    from insights
    union all
    select
        2 as precedence,
        suite.account,
        suite.date,
        suite.month,
        suite.metric,
        suite.value,
        suite.is_partial,
        suite._drop,
        suite._file,
        suite._row
    from suite
),

chosen as (
    select *
    from told
    where metric in (
            'views',
            'reach',
            'profile_views',
            'likes',
            'comments',
            'shares',
            'saves',
            'link_clicks'
        )
    qualify row_number() over (
        partition by month, account, date, metric
        order by precedence, _drop desc, _file desc, _row desc
    ) = 1
),

days as (
    select
        account,
        date,
        month,
        max(value) filter (where metric = 'views') as views,
        max(value) filter (where metric = 'reach') as reach,
        max(value) filter (where metric = 'profile_views') as profile_views,
        max(value) filter (where metric = 'likes') as likes,
        max(value) filter (where metric = 'comments') as comments,
        max(value) filter (where metric = 'shares') as shares,
        max(value) filter (where metric = 'saves') as saves,
        max(value) filter (where metric = 'link_clicks') as link_clicks,
        bool_or(is_partial) as is_partial,
        max({'drop': _drop, 'file': _file, 'row': _row}) as newest
    from chosen
    group by account, date, month
)

select
    days.date,
    days.month,
    'instagram' as platform,
    null::varchar as profile,
    'instagram' as source,
    days.account,
    days.views,
    null::bigint as engaged_views,
    days.reach,
    days.profile_views,
    days.likes,
    days.comments,
    days.shares,
    days.saves,
    days.link_clicks,
    null::decimal(18, 4) as watch_hours,
    days.is_partial,
    days.newest.drop as _drop,
    days.newest.file as _file,
    days.newest.row as _row
from days
