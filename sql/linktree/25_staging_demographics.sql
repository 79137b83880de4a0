-- One row per account, day of capture, place, device or referrer, and kind: visits or clicks.
-- partition: month
-- key: none
-- check: quantity >= 0
-- feeds: demographics
--
-- A place is named by its country code where the answer has one, a city by name and code. The only
-- source that says which platform a visitor came from.
with pictures as (
    select
        account,
        captured_on,
        month,
        part,
        days,
        name,
        country_code,
        views,
        clicks,
        _drop,
        _file,
        _row
    from staging.linktree__pictures
    where part != 'links'
),

audiences as (
    select *
    from (values ('visits'), ('clicks')) as listed (audience)
),

counted as (
    select
        pictures.*,
        audiences.audience,
        case audiences.audience when 'visits' then pictures.views else pictures.clicks end
            as quantity
    from pictures
    cross join audiences
)

select
    counted.captured_on,
    counted.month,
    'linktree' as platform,
    null::varchar as profile,
    'linktree' as source,
    counted.account,
    counted.audience,
    case when counted.days is not null then 'last_' || counted.days || '_days' end as time_window,
    case counted.part
        when 'countries' then 'country'
        when 'cities' then 'city'
        when 'devices' then 'device'
        when 'referrers' then 'referrer'
    end as dimension,
    case counted.part
        when 'countries' then coalesce(counted.country_code, counted.name)
        when 'cities' then concat_ws(', ', counted.name, counted.country_code)
        else counted.name
    end as value,
    null::decimal(9, 6) as share,
    counted.quantity,
    counted._drop,
    counted._file,
    counted._row
from counted
where counted.quantity is not null
