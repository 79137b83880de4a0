-- One row per account and day of a channel: the lines of the bulk report, added up.
-- partition: month
-- key: month, account, date
-- incremental: required
--
-- What a line does not tell is unknown of the day, too.
with lines as (
    select *
    from staging.youtube__bulk_lines
)

select
    lines.account,
    min(lines.channel_id) as channel_id,
    lines.date,
    lines.month,
    case
        when count(*) = count(lines.views) then sum(lines.views)::bigint
    end as views,
    case
        when count(*) = count(lines.engaged_views) then sum(lines.engaged_views)::bigint
    end as engaged_views,
    views_definition(lines.date) as views_definition,
    case
        when count(*) = count(lines.watch_minutes) then sum(lines.watch_minutes)::decimal(24, 6)
    end as watch_minutes,
    case
        when count(*) = count(lines.likes) then sum(lines.likes)::bigint
    end as likes,
    case
        when count(*) = count(lines.comments) then sum(lines.comments)::bigint
    end as comments,
    case
        when count(*) = count(lines.shares) then sum(lines.shares)::bigint
    end as shares,
    case
        when count(*) = count(lines.subscribers_gained) then sum(lines.subscribers_gained)::bigint
    end as subscribers_gained,
    case
        when count(*) = count(lines.subscribers_lost) then sum(lines.subscribers_lost)::bigint
    end as subscribers_lost,
    count(*)::bigint as line_count,
    max(lines._drop) as _drop,
    max(lines._file) as _file,
    min(lines._row) as _row
from lines
group by lines.account, lines.date, lines.month
