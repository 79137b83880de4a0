-- One row per account, day, metric, breakdown and part of it, beside the total of the same answer.
-- partition: month
-- key: month, account, date, metric, breakdown, part
-- incremental: required
--
-- Parts are never added to totals: they repeat them.
with insights as (
    select
        account,
        metric,
        breakdown,
        known(value)::bigint as total,
        breakdowns,
        date,
        month,
        is_partial,
        _drop,
        _file,
        _row
    from raw.instagram__account_insights
    where form = 'total'
        and breakdown != ''
),

results as (
    select
        insights.*,
        unnest(from_json(insights.breakdowns->0->'results', '["json"]')) as result
    from insights
)

select
    results.account,
    results.date,
    results.month,
    results.metric,
    results.breakdown,
    array_to_string(texts_of(results.result->'dimension_values'), ',') as part,
    known(results.result->>'value')::bigint as value,
    results.total,
    results.is_partial,
    results._drop,
    results._file,
    results._row
from results
