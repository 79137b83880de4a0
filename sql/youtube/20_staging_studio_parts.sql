-- One row per account, day of capture, tab and value of a Studio export: place, age, device.
-- partition: month
-- key: none
-- incremental: required
-- check: share is null or share between 0 and 1
--
-- Of viewers by age and gender Studio tells shares only. A city is named beside an id of Google's.
with parts as (
    select *
    from raw.youtube__studio_table
    where tab not in ('content', 'date') and line_kind = 'row'
)

select
    parts.account,
    parts.date as captured_on,
    parts.month,
    parts.period,
    parts.tab,
    parts.value as part_id,
    case when parts.tab = 'cities' then trimmed(parts.city_name) else parts.value end as name,
    (known(parts.views_percentage)::decimal(9, 4) * 0.01)::decimal(9, 6) as share,
    known(parts.views)::bigint as views,
    known(parts.engaged_views)::bigint as engaged_views,
    known(parts.watch_hours)::decimal(18, 4) as watch_hours,
    parts._drop,
    parts._file,
    parts._row
from parts
