-- One row per account, day of capture, window, dimension and value: who watches, and where.
-- partition: month
-- key: none
-- feeds: demographics
--
-- Ages and genders are shares of viewers, everything else counts views. A window's length is known
-- of the Analytics API only; Studio's files do not say theirs, unless it was Lifetime.
with analytics as (
    select *
    from staging.youtube__analytics_parts
    where time_window != 'day'
        and dimension in ('age_gender', 'country', 'traffic_source')
),

studio as (
    select *
    from staging.youtube__studio_parts
),

told as (
    select
        analytics.date as captured_on,
        analytics.month,
        analytics.channel_id as profile,
        analytics.account,
        'last_' || (analytics.last_day - analytics.first_day + 1) || '_days' as time_window,
        analytics.dimension,
        analytics.value,
        analytics.share,
        analytics.views,
        analytics._drop,
        analytics._file,
        analytics._row
    from analytics
    union all
    select
        studio.captured_on,
        studio.month,
        null::varchar as profile,
        studio.account,
        studio.period as time_window,
        case studio.tab
            when 'geography' then 'country'
            when 'cities' then 'city'
            when 'viewer_age' then 'age'
            when 'viewer_gender' then 'gender'
            when 'device_type' then 'device'
            else studio.tab
        end as dimension,
        coalesce(studio.name, studio.part_id) as value,
        studio.share,
        studio.views,
        studio._drop,
        studio._file,
        studio._row
    from studio
)

select
    told.captured_on,
    told.month,
    'youtube' as platform,
    told.profile,
    'youtube' as source,
    told.account,
    case when told.dimension in ('age_gender', 'age', 'gender') then 'viewers' else 'views' end
        as audience,
    told.time_window,
    case told.dimension when 'traffic_source' then 'referrer' else told.dimension end as dimension,
    told.value,
    told.share,
    told.views as quantity,
    told._drop,
    told._file,
    told._row
from told
where told.share is not null or told.views is not null
