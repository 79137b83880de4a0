-- One row per day, metric and breakdown whose parts do not add up to the total of the same answer.
-- severity: warn
--
-- Reach and accounts engaged are people, who may be in several parts: they are not compared.
with parts as (
    select account, date, metric, breakdown, value, total
    from staging.instagram__insight_parts
    where metric in (
        'views', 'total_interactions', 'likes', 'comments', 'shares', 'saves', 'profile_links_taps'
    )
),

summed as (
    select
        account,
        date,
        metric,
        breakdown,
        max(total) as total,
        sum(value)::bigint as parts_value
    from parts
    group by account, date, metric, breakdown
)

select
    summed.account,
    summed.date,
    summed.metric,
    summed.breakdown,
    summed.total,
    summed.parts_value
from summed
where summed.total != summed.parts_value
order by all
