-- One row per account, day of capture, dimension and value: how the followers are made up.
-- partition: month
-- key: month, account, captured_on, dimension, value
-- check: share is null or share between 0 and 1
with genders as (
    select account, handle, gender, share, captured_on, month, _drop, _file, _row
    from raw.tiktok__follower_gender
),

territories as (
    select account, handle, territory, share, captured_on, month, _drop, _file, _row
    from raw.tiktok__follower_territories
)

select
    genders.account,
    genders.handle,
    genders.captured_on,
    genders.month,
    'gender' as dimension,
    lower(trimmed(genders.gender)) as value,
    studio_count(genders.share)::decimal(9, 6) as share,
    genders._drop,
    genders._file,
    genders._row
from genders
union all
select
    territories.account,
    territories.handle,
    territories.captured_on,
    territories.month,
    'country' as dimension,
    trimmed(territories.territory) as value,
    studio_count(territories.share)::decimal(9, 6) as share,
    territories._drop,
    territories._file,
    territories._row
from territories
