-- One row per account, day of capture and country: Apple Music streams of the year so far.
-- partition: month
-- key: month, account, captured_on, value
-- incremental: required
-- feeds: demographics
with countries as (
    select account, captured_on, month, country, streams, _drop, _file, _row
    from staging.toolost__apple_countries
)

select
    countries.captured_on,
    countries.month,
    'apple_music' as platform,
    null::varchar as profile,
    'toolost' as source,
    countries.account,
    'streams' as audience,
    'year_to_date' as time_window,
    'country' as dimension,
    countries.country as value,
    null::decimal(9, 6) as share,
    countries.streams as quantity,
    countries._drop,
    countries._file,
    countries._row
from countries
