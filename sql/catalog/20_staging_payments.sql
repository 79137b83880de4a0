-- One row per payment to a payee, typed, with its dollars.
-- key: none
--
-- Equal lines are separate payments. amount_usd is NULL where catalog/fx.csv has no rate for the
-- day.
with payments as (
    select "date", payee, amount, currency, note, _drop, _file, _row
    from raw.catalog__payments
),

fx as (
    select currency, valid_from, valid_until, usd_per_unit
    from staging.catalog__fx
),

typed as (
    select
        iso_date("date") as paid_on,
        trimmed(payee) as payee,
        coalesce(upper(trimmed(currency)), 'USD') as currency,
        amount::decimal(24, 12) as amount,
        trimmed(note) as note,
        _drop,
        _file,
        _row
    from payments
)

select
    typed.paid_on,
    month_of(typed.paid_on) as month,
    typed.payee,
    typed.currency,
    typed.amount,
    (typed.amount * fx.usd_per_unit)::decimal(24, 12) as amount_usd,
    typed.note,
    typed._drop,
    typed._file,
    typed._row
from typed
left join fx
    on typed.currency = fx.currency
    and typed.paid_on >= fx.valid_from
    and typed.paid_on < fx.valid_until
