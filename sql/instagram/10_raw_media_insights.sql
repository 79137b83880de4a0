-- One row per metric of a post in an answer of the Graph API's media insights, as text.
-- format: json
-- columns: name, period, values, id, [title], [description]
-- records: data[] per values
-- file: media_insights_.*?(?P<as_of>\d{8}_\d{6}).*\.json
-- refuse: access_token
-- partition: account, month, captured_on, media_id, metric
-- fresh: 2d
--
-- One metric that a post does not know spoils a whole answer, so a post's metrics may come one by
-- one, each in an answer of its own. The post stands in the id only. An empty list is no data: a
-- story seen by fewer than five people has none, and its answer is an error, which no table takes.
select
    record->'values'->>'value' as value,
    insight_of(record->>'id') as media_id,
    record->>'name' as metric,
    _as_of::date as captured_on,
    month_of(_as_of::date) as month,
    case
        when coalesce(record->>'period', '') != 'lifetime'
            then 'period is not lifetime: this is no insight of a post'
        when insight_of(record->>'id') is null then 'id does not begin with that of a post'
        when not regexp_matches(coalesce(record->>'name', ''), 'rate')
            and not is_whole_or_unknown(record->'values'->>'value')
            then 'value is not a whole number'
    end as reject_reason
from landing
