-- One row per cost of a recording or an artist, typed, with its dollars.
-- key: none
--
-- Equal lines are separate costs. amount_usd is NULL where catalog/fx.csv has no rate for the day.
with costs as (
    select "date", isrc, artist, kind, amount, currency, payee, note, _drop, _file, _row
    from raw.catalog__costs
),

fx as (
    select currency, valid_from, valid_until, usd_per_unit
    from staging.catalog__fx
),

typed as (
    select
        iso_date("date") as spent_on,
        isrc_key(isrc) as isrc,
        trimmed(artist) as artist,
        lower(trimmed(kind)) as kind,
        coalesce(upper(trimmed(currency)), 'USD') as currency,
        amount::decimal(24, 12) as amount,
        trimmed(payee) as payee,
        trimmed(note) as note,
        _drop,
        _file,
        _row
    from costs
)

select
    typed.spent_on,
    month_of(typed.spent_on) as month,
    typed.isrc,
    typed.artist,
    typed.kind,
    typed.currency,
    typed.amount,
    (typed.amount * fx.usd_per_unit)::decimal(24, 12) as amount_usd,
    typed.payee,
    typed.note,
    typed._drop,
    typed._file,
    typed._row
from typed
left join fx
    on typed.currency = fx.currency
    and typed.spent_on >= fx.valid_from
    and typed.spent_on < fx.valid_until
