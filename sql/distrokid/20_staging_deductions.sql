-- One row per statement line from which DistroKid withheld or recouped money: none so far.
-- partition: reporting_month
-- key: none
-- incremental: required
-- check warn: deducted_usd = 0
--
-- Both columns have always been zero or blank, so earnings are what is paid. The day they are not,
-- somebody must find out whether earnings are meant before or after the deduction.
with bank as (
    select
        reporting_month,
        account,
        sale_month,
        isrc,
        songwriter_royalties_withheld_usd,
        recoup_usd,
        earnings_usd,
        _drop,
        _file,
        _row
    from raw.distrokid__bank
),

typed as (
    select
        bank.* exclude (songwriter_royalties_withheld_usd, recoup_usd),
        coalesce(try_cast(trimmed(songwriter_royalties_withheld_usd) as decimal(24, 12)), 0)
            as withheld_usd,
        coalesce(try_cast(trimmed(recoup_usd) as decimal(24, 12)), 0) as recouped_usd
    from bank
)

select
    typed.reporting_month,
    typed.account,
    iso_month(typed.sale_month) as sale_month,
    isrc_key(typed.isrc) as isrc,
    typed.withheld_usd,
    typed.recouped_usd,
    abs(typed.withheld_usd) + abs(typed.recouped_usd) as deducted_usd,
    typed.earnings_usd::decimal(24, 12) as earnings_usd,
    typed._drop,
    typed._file,
    typed._row
from typed
where typed.withheld_usd != 0 or typed.recouped_usd != 0
