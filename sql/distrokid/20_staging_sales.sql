-- One row per line of a DistroKid statement, typed; every line is money, also a repeated one.
-- partition: reporting_month
-- key: none
-- incremental: required
-- check: sale_month is not null and reporting_date is not null
-- check: gross_usd is not null
-- check: coalesce(units, 0) >= 0
-- check warn: sale_month <= reporting_month
-- feeds: royalties
--
-- Negative lines come in batches, each with the quantity of a positive sibling: measured against
-- the stats page, their quantity is not extra streams. So money is the sum of all lines, and units
-- the sum of those that are not negative. Earnings are already net of Team Percentage.
-- Country OU ("outside the US") is DistroKid's own, and a blank UPC is left blank.
with bank as (
    select
        reporting_month,
        reporting_date,
        sale_month,
        account,
        artist,
        title,
        isrc,
        upc,
        store,
        country_of_sale,
        quantity,
        earnings_usd,
        _drop,
        _file,
        _row
    from raw.distrokid__bank
),

stores as (
    select store_key, platform, store_class
    from staging.distrokid__stores
),

typed as (
    select
        bank.reporting_month,
        iso_date(bank.reporting_date) as reporting_date,
        iso_month(bank.sale_month) as sale_month,
        bank.account,
        case when bank.earnings_usd::decimal(24, 12) < 0 then 'adjustment' else 'sale' end as kind,
        trimmed(bank.artist) as artist_name,
        trimmed(bank.title) as track_title,
        isrc_key(bank.isrc) as isrc,
        trimmed(bank.upc) as upc,
        trimmed(bank.store) as store,
        upper(trimmed(bank.country_of_sale)) as country,
        bank.quantity::bigint as quantity,
        bank.earnings_usd::decimal(24, 12) as gross_usd,
        bank._drop,
        bank._file,
        bank._row
    from bank
)

select
    typed.reporting_month,
    typed.reporting_date,
    typed.sale_month,
    'distrokid' as source,
    typed.account,
    typed.kind,
    typed.artist_name,
    typed.track_title,
    typed.isrc,
    typed.upc,
    typed.store,
    stores.platform,
    stores.store_class,
    typed.country,
    case when typed.kind = 'sale' then typed.quantity end as units,
    case
        when typed.kind = 'sale' and stores.store_class = 'streaming' then typed.quantity
    end as streams,
    'USD' as currency,
    typed.gross_usd as gross,
    typed.gross_usd,
    typed._drop,
    typed._file,
    typed._row
from typed
left join stores on name_key(typed.store) = stores.store_key
