-- One row per account and day: visits of the link page and clicks on it.
-- partition: month
-- key: month, account, date
-- check: coalesce(views, 0) >= 0 and coalesce(clicks, 0) >= 0
-- check warn: unique_views is null or views >= unique_views
-- feeds: link_clicks
--
-- Of a day that is over the newest answer is kept already; of one that was not over in any answer
-- the newest counts. A visit may click several times, so clicks exceed views on some days. Rates
-- are not stored.
with days as (
    select
        account,
        answer,
        date,
        month,
        views,
        clicks,
        unique_views,
        unique_clicks,
        is_partial,
        _drop,
        _file,
        _row
    from raw.linktree__analytics
    where part = 'timeseries'
),

newest_of_day as (
    select *
    from days
    qualify row_number() over (
        partition by month, account, date
        order by is_partial, _drop desc, answer desc, _file desc, _row desc
    ) = 1
)

select
    newest_of_day.date,
    newest_of_day.month,
    'linktree' as platform,
    'linktree' as source,
    newest_of_day.account,
    null::varchar as link_id,
    null::varchar as link_title,
    newest_of_day.views::bigint as views,
    known(newest_of_day.unique_views)::bigint as unique_views,
    newest_of_day.clicks::bigint as clicks,
    known(newest_of_day.unique_clicks)::bigint as unique_clicks,
    newest_of_day.is_partial,
    newest_of_day._drop,
    newest_of_day._file,
    newest_of_day._row
from newest_of_day
