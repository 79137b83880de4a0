-- One row per account, day of capture and link: its clicks in the longest window shown that day.
-- partition: month
-- key: month, account, captured_on, link_id
-- incremental: required
-- feeds: link_windows
with links as (
    select *
    from staging.linktree__links
)

select
    links.captured_on,
    links.month,
    'linktree' as platform,
    'linktree' as source,
    links.account,
    case when links.days is not null then 'last_' || links.days || '_days' end as time_window,
    links.link_id,
    links.link_title,
    links.views,
    links.clicks,
    links._drop,
    links._file,
    links._row
from links
