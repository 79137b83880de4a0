-- One row per account, day of capture, answer and total: what the page itself added up.
-- partition: month
-- key: none
-- check: coalesce(views, 0) >= 0 and coalesce(clicks, 0) >= 0
--
-- Of a window (overview, with the days it has and what they add up to) or of a lifetime. The two
-- count clicks by different rules and need not agree even for a young page.
with totals as (
    select
        account,
        answer,
        part,
        date,
        month,
        days,
        views,
        clicks,
        views_of_days,
        clicks_of_days,
        _drop,
        _file,
        _row
    from raw.linktree__analytics
    where part in ('overview', 'lifetime')
)

select
    totals.account,
    totals.date as captured_on,
    totals.month,
    totals.answer,
    totals.part as total_of,
    nullif(totals.days, 0) as days,
    known(totals.views)::bigint as views,
    known(totals.clicks)::bigint as clicks,
    case when totals.days > 0 then totals.views_of_days end as views_of_days,
    case when totals.days > 0 then totals.clicks_of_days end as clicks_of_days,
    totals._drop,
    totals._file,
    totals._row
from totals
