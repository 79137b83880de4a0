-- One row per account, day of capture and creative.
-- key: account, captured_on, id
with creatives as (
    select *
    from raw.metaads__creatives
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
