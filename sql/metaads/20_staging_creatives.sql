-- One row per account, day of capture and creative.
-- key: account, captured_on, id
--
-- One that shifted from one page to the next while they were fetched is in both, and the later
-- one counts.
with creatives as (
    select *
    from raw.metaads__creatives
    qualify row_number() over (
        partition by account, captured_on, id
        order by _drop desc, _file desc, _row desc
    ) = 1
)

select
    creatives.account,
    creatives.captured_on,
    creatives.month,
    creatives.id,
    trimmed(creatives.name) as name,
    trimmed(creatives.title) as title,
    trimmed(creatives.body) as body,
    creatives.call_to_action_type,
    creatives.permalink,
    creatives._drop,
    creatives._file,
    creatives._row
from creatives
