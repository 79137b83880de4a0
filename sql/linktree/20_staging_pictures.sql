-- One row per account, day of capture and link, referrer, device, country or city of a window.
-- partition: month
-- key: none
-- check: coalesce(views, 0) >= 0 and coalesce(clicks, 0) >= 0
--
-- Of the answers of a day the one with the longest window is taken: known by the days of its
-- overview, else by what it adds up to, since a longer window of one page never holds less.
-- Pictures of rolling windows overlap: never add two up.
with entries as (
    select
        account,
        answer,
        part,
        date,
        month,
        link_id,
        name,
        country_code,
        views,
        clicks,
        _drop,
        _file,
        _row
    from raw.linktree__analytics
    where part in ('links', 'referrers', 'devices', 'countries', 'cities')
),

windows as (
    select month, account, captured_on, answer, max(days) as days
    from staging.linktree__totals
    where total_of = 'overview'
    group by month, account, captured_on, answer
),

measured as (
    select
        entries.*,
        windows.days,
        sum(coalesce(known(entries.views)::bigint, 0) + coalesce(known(entries.clicks)::bigint, 0))
            over (
                partition by
                    entries.month,
                    entries.account,
                    entries.date,
                    entries.part,
                    entries.answer
            ) as gathered,
        max(entries._drop) over (
            partition by
                entries.month,
                entries.account,
                entries.date,
                entries.part,
                entries.answer
        ) as newest_drop
    from entries
    left join windows
        on entries.month = windows.month
        and entries.account = windows.account
        and entries.date = windows.captured_on
        and entries.answer = windows.answer
),

longest_window as (
    select *
    from measured
    qualify dense_rank() over (
        partition by month, account, date, part
        order by
            days desc nulls last,
            case when days is null then gathered end desc nulls last,
            newest_drop desc,
            answer desc
    ) = 1
)

select
    longest_window.account,
    longest_window.date as captured_on,
    longest_window.month,
    longest_window.part,
    longest_window.days,
    trimmed(longest_window.link_id) as link_id,
    trimmed(longest_window.name) as name,
    upper(trimmed(longest_window.country_code)) as country_code,
    known(longest_window.views)::bigint as views,
    known(longest_window.clicks)::bigint as clicks,
    longest_window._drop,
    longest_window._file,
    longest_window._row
from longest_window
