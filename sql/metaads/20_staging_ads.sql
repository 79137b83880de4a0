-- One row per account, day of capture and ad.
-- key: account, captured_on, id
--
-- One that shifted from one page to the next while they were fetched is in both, and the later
-- one counts.
with ads as (
    select *
    from raw.metaads__ads
    qualify row_number() over (
        partition by account, captured_on, id
        order by _drop desc, _file desc, _row desc
    ) = 1
)

select
    ads.account,
    ads.captured_on,
    ads.month,
    ads.id,
    trimmed(ads.name) as name,
    ads.adset_id,
    ads.campaign_id,
    ads.creative_id,
    ads.status,
    ads.effective_status,
    try_strptime(ads.created_time, '%Y-%m-%dT%H:%M:%S%z')::timestamp as created_at,
    try_strptime(ads.updated_time, '%Y-%m-%dT%H:%M:%S%z')::timestamp as updated_at,
    ads._drop,
    ads._file,
    ads._row
from ads

