-- One row per currency and day: what one unit of it was worth in US dollars.
-- format: csv
-- columns: date, currency, usd
-- file: fx.*
-- partition: account
-- shrink: 100 %
-- max_rejects: 0
--
-- Edited by people, or written by whoever has a licence for rates.
select
    "date",
    currency,
    usd,
    case
        when iso_date("date") is null then 'date is not a day (YYYY-MM-DD)'
        when not coalesce(regexp_full_match(trim(currency), '[A-Za-z]{3}'), false)
            then 'currency is not three letters (ISO 4217)'
        when not is_money(usd) or usd::decimal(24, 12) <= 0 then 'usd is no amount above 0'
    end as reject_reason
from landing
