-- One row per account, day of capture, dimension and value: Apple Music's streams of a year.
-- partition: month
-- key: none
-- incremental: required
-- check: quantity >= 0
-- feeds: demographics
--
-- Of whole accounts: Apple's charts name no artist.
with devices as (
    select *
    from staging.distrokid__apple_devices
),

countries as (
    select *
    from staging.distrokid__apple_countries
),

breakdowns as (
    select *
    from staging.distrokid__apple_breakdowns
    where chart in ('age1year', 'gender1year', 'sources1year', 'listening1year', 'offline1year')
),

told as (
    select
        account,
        captured_on,
        month,
        'device' as dimension,
        device as value,
        streams,
        _drop,
        _file,
        _row
    from devices

    union all

    select
        account,
        captured_on,
        month,
        'country' as dimension,
        country as value,
        streams,
        _drop,
        _file,
        _row
    from countries

    union all

    select
        account,
        captured_on,
        month,
        case chart
            when 'age1year' then 'age'
            when 'gender1year' then 'gender'
            when 'sources1year' then 'stream_source'
            when 'listening1year' then 'completion'
            when 'offline1year' then 'connection'
        end as dimension,
        label as value,
        streams,
        _drop,
        _file,
        _row
    from breakdowns
)

select
    told.captured_on,
    told.month,
    'apple_music' as platform,
    null::varchar as profile,
    'distrokid' as source,
    told.account,
    'streams' as audience,
    'last_365_days' as time_window,
    told.dimension,
    told.value,
    null::decimal(9, 6) as share,
    told.streams as quantity,
    told._drop,
    told._file,
    told._row
from told
where told.value is not null
