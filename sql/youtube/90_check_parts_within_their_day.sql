-- One row per account, day and dimension whose parts hold more views than the whole day.
-- severity: warn
--
-- Parts may lack something of their day, never exceed it: then days of a part stand where those of
-- the channel should.
with parts as (
    select account, date, dimension, filter, sum(views)::bigint as views
    from staging.youtube__analytics_parts
    where time_window = 'day'
    group by account, date, dimension, filter
),

days as (
    select account, date, views
    from staging.youtube__analytics_days
)

select
    parts.account,
    parts.date,
    parts.dimension,
    parts.filter,
    parts.views as part_views,
    days.views as day_views
from parts
inner join days
    on parts.account = days.account
    and parts.date = days.date
where parts.views > 1.01 * days.views
order by parts.account, parts.date, parts.dimension, parts.filter
