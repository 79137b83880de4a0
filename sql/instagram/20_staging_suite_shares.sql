-- One row per account, day of capture, dimension and value: shares of the followers.
-- partition: month
-- key: month, account, captured_on, dimension, value
-- incremental: required
-- check: share between 0 and 1
with audience as (
    select
        account,
        trimmed(age) as age,
        trimmed(city) as city,
        trimmed(country) as country,
        women,
        men,
        value,
        captured_on,
        month,
        _drop,
        _file,
        _row
    from raw.instagram__suite_audience
),

genders as (
    select *
    from (values ('female'), ('male')) as listed (gender)
),

shares as (
    select
        audience.*,
        'age_gender' as dimension,
        concat_ws(' ', audience.age, genders.gender) as named,
        fraction_of(case genders.gender when 'female' then audience.women else audience.men end)
            as share
    from audience
    cross join genders
    where audience.age is not null
    union all
    select
        audience.*,
        case when audience.city is not null then 'city' else 'country' end as dimension,
        coalesce(audience.city, audience.country) as named,
        fraction_of(audience.value) as share
    from audience
    where audience.age is null
)

select
    shares.account,
    shares.captured_on,
    shares.month,
    shares.dimension,
    shares.named as value,
    shares.share,
    shares._drop,
    shares._file,
    shares._row
from shares
where shares.share is not null
