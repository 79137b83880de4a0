-- One row per account, day of capture and link: what it is called and whether it is shown.
-- partition: month
-- key: month, account, captured_on, link_id
with links as (
    select account, link_id, title, active, captured_on, month, _drop, _file, _row
    from raw.linktree__link_titles
    where line_kind = 'link'
),

newest_of_day as (
    select *
    from links
    qualify row_number() over (
        partition by month, account, captured_on, link_id
        order by _drop desc, _file desc, _row desc
    ) = 1
)

select
    newest_of_day.account,
    newest_of_day.captured_on,
    newest_of_day.month,
    trim(newest_of_day.link_id) as link_id,
    trimmed(newest_of_day.title) as link_title,
    newest_of_day.active = 'true' as is_active,
    newest_of_day._drop,
    newest_of_day._file,
    newest_of_day._row
from newest_of_day
