-- One row per currency and the days its rate holds for: valid_from up to before valid_until.
-- key: currency, valid_from
-- check: usd_per_unit > 0
--
-- A rate holds until the next one, and no longer than 62 days: after that nobody knows, and an amount
-- without a rate is unknown in dollars. A dollar is a dollar.
with rates as (
    select
        "date"::date as valid_from,
        upper(trim(currency)) as currency,
        usd::decimal(24, 12) as usd_per_unit,
        _drop,
        _file,
        _row
    from raw.catalog__fx
),

bounded as (
    select
        rates.currency,
        rates.valid_from,
        least(
            lead(rates.valid_from, 1, date '9999-12-31') over (
                partition by rates.currency
                order by rates.valid_from
            ),
            rates.valid_from + 62
        ) as valid_until,
        rates.usd_per_unit,
        rates._drop,
        rates._file,
        rates._row
    from rates
    where rates.currency != 'USD'
),

dollar as (
    select
        'USD' as currency,
        date '0001-01-01' as valid_from,
        date '9999-12-31' as valid_until,
        1::decimal(24, 12) as usd_per_unit,
        null::varchar as _drop,
        null::varchar as _file,
        null::bigint as _row
)

select
    bounded.currency,
    bounded.valid_from,
    bounded.valid_until,
    bounded.usd_per_unit,
    bounded._drop,
    bounded._file,
    bounded._row
from bounded
union all
select
    dollar.currency,
    dollar.valid_from,
    dollar.valid_until,
    dollar.usd_per_unit,
    dollar._drop,
    dollar._file,
    dollar._row
from dollar
