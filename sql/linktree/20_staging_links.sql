-- One row per account, day of capture and link: its clicks in the longest window shown that day.
-- partition: month
-- key: month, account, captured_on, link_id
-- check: coalesce(clicks, 0) >= 0
--
-- Links that are switched off stay listed, with the clicks they had. A title is that of the same
-- day, or unknown. Windows overlap: never add two days of capture up.
with links as (
    select account, captured_on, month, days, link_id, views, clicks, _drop, _file, _row
    from staging.linktree__pictures
    where part = 'links'
),

titles as (
    select month, account, captured_on, link_id, link_title, is_active
    from staging.linktree__link_titles
)

select
    links.account,
    links.captured_on,
    links.month,
    links.days,
    links.link_id,
    titles.link_title,
    titles.is_active,
    links.views,
    links.clicks,
    links._drop,
    links._file,
    links._row
from links
left join titles
    on links.month = titles.month
    and links.account = titles.account
    and links.captured_on = titles.captured_on
    and links.link_id = titles.link_id
