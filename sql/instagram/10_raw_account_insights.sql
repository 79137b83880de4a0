-- One row per metric and day of a profile in an answer of account insights, as text.
-- format: json
-- columns: name, period, id, [values], [total_value], [title], [description]
-- records: data[] per values
-- file: insights_(?P<asked>[a-z_]+?)_(?P<day>\d{8})_(?P<as_of>\d{8}_\d{6})(?: ?\(\d+\))?\.json
-- file: insights_(?P<asked>[a-z_]+)_(?P<as_of>\d{8}_\d{6})(?: ?\(\d+\))?\.json
-- identity: profile_id
-- refuse: access_token
-- partition: account, metric, form, breakdown, month, date
-- fresh: 4d
--
-- Only reach is a series by day, each marked with the end of the day. The rest is asked for one day
-- at a time, and the day then stands in the request only: the file's name has to say it. A
-- breakdown repeats the total beside its parts. An empty list is no data, not zero.
select
    insight_of(record->>'id') as profile_id,
    asked,
    day,
    record->'values'->>'end_time' as end_time,
    coalesce(record->'values'->>'value', record->'total_value'->>'value') as value,
    record->'total_value'->'breakdowns' as breakdowns,
    record->>'name' as metric,
    case when (record->'total_value') is null then 'series' else 'total' end as form,
    array_to_string(
        texts_of(record->'total_value'->'breakdowns'->0->'dimension_keys'), ','
    ) as breakdown,
    case
        when (record->'total_value') is null then day_ending(record->'values'->>'end_time')
        else try_strptime(replace(day, '-', ''), '%Y%m%d')::date
    end as date,
    month_of(
        case
            when (record->'total_value') is null then day_ending(record->'values'->>'end_time')
            else try_strptime(replace(day, '-', ''), '%Y%m%d')::date
        end
    ) as month,
    is_settling(
        case
            when (record->'total_value') is null then day_ending(record->'values'->>'end_time')
            else try_strptime(replace(day, '-', ''), '%Y%m%d')::date
        end,
        _as_of
    ) as is_partial,
    case
        when coalesce(record->>'period', '') != 'day'
            then 'period is not day: this is no day of a profile'
        when insight_of(record->>'id') is null then 'id does not begin with that of a profile'
        when (record->'total_value') is null
            and day_ending(record->'values'->>'end_time') is null
            then 'end_time is no time'
        when (record->'total_value') is not null
            and try_strptime(replace(day, '-', ''), '%Y%m%d') is null
            then 'only the name of the file could say the day, and it does not'
        when not is_whole_or_unknown(
            coalesce(record->'values'->>'value', record->'total_value'->>'value')
        )
            then 'value is not a whole number'
    end as reject_reason
from landing
