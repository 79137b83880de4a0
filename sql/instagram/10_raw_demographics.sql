-- One row per demographic of a profile in an answer of the Graph API, as text.
-- format: json
-- columns: name, period, id, total_value, [title], [description]
-- records: data[]
-- file: (?:follower|engaged_audience)_demographics_.*?(?P<as_of>\d{8}_\d{6}).*\.json
-- identity: profile_id
-- refuse: access_token
-- partition: account, metric, breakdown, time_window, month, captured_on
-- fresh: 8d
--
-- Pictures of the day they were taken. The top 45 values at most, so they do not add up to the
-- followers; nothing below 100 of them.
select
    insight_of(record->>'id') as profile_id,
    record->'total_value'->'breakdowns' as breakdowns,
    record->>'name' as metric,
    array_to_string(
        list_filter(
            texts_of(record->'total_value'->'breakdowns'->0->'dimension_keys'),
            lambda name: name != 'timeframe'
        ),
        ','
    ) as breakdown,
    coalesce(
        lower(
            list_extract(
                texts_of(record->'total_value'->'breakdowns'->0->'results'->0->'dimension_values'),
                list_position(
                    texts_of(record->'total_value'->'breakdowns'->0->'dimension_keys'), 'timeframe'
                )
            )
        ),
        ''
    ) as time_window,
    _as_of::date as captured_on,
    month_of(_as_of::date) as month,
    case
        when not regexp_full_match(
            coalesce(record->>'name', ''), '(follower|engaged_audience)_demographics'
        )
            then 'name is none of a demographic'
        when coalesce(record->>'period', '') != 'lifetime' then 'period is not lifetime'
        when insight_of(record->>'id') is null then 'id does not begin with that of a profile'
    end as reject_reason
from landing
