-- One row per account, day of capture, audience, time window, dimension and value: how many.
-- partition: month
-- key: month, account, captured_on, audience, time_window, dimension, value
-- incremental: required
-- check: quantity >= 0
with demographics as (
    select
        account,
        profile_id,
        metric,
        time_window,
        breakdowns,
        captured_on,
        month,
        _drop,
        _file,
        _row
    from raw.instagram__demographics
),

breakdowns as (
    select
        demographics.*,
        unnest(from_json(demographics.breakdowns, '["json"]')) as breakdown
    from demographics
),

results as (
    select
        breakdowns.*,
        texts_of(breakdowns.breakdown->'dimension_keys') as names,
        unnest(from_json(breakdowns.breakdown->'results', '["json"]')) as result
    from breakdowns
),

parts as (
    select
        results.*,
        texts_of(results.result->'dimension_values')[list_position(results.names, 'age')] as age,
        gender_of(
            texts_of(results.result->'dimension_values')[list_position(results.names, 'gender')]
        ) as gender,
        texts_of(results.result->'dimension_values')[list_position(results.names, 'country')]
            as country,
        texts_of(results.result->'dimension_values')[list_position(results.names, 'city')] as city
    from results
)

select
    parts.account,
    parts.captured_on,
    parts.month,
    parts.profile_id,
    case parts.metric when 'follower_demographics' then 'followers' else 'engaged' end as audience,
    coalesce(nullif(parts.time_window, ''), 'lifetime') as time_window,
    case
        when parts.age is not null and parts.gender is not null then 'age_gender'
        when parts.age is not null then 'age'
        when parts.gender is not null then 'gender'
        when parts.country is not null then 'country'
        when parts.city is not null then 'city'
        else list_filter(parts.names, lambda name: name != 'timeframe')[1]
    end as dimension,
    coalesce(
        nullif(concat_ws(' ', parts.age, parts.gender), ''),
        parts.country,
        parts.city,
        array_to_string(texts_of(parts.result->'dimension_values'), ',')
    ) as value,
    known(parts.result->>'value')::bigint as quantity,
    parts._drop,
    parts._file,
    parts._row
from parts
