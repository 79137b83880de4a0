-- One row per payment to a payee.
-- format: csv
-- columns: date, payee, amount, [currency], [note]
-- file: payments.*
-- partition: account
-- shrink: 100 %
-- max_rejects: 0
--
-- Edited by people; a changed file is the whole new list. What a payee paid back is negative. An
-- empty currency means US dollars.
select
    "date",
    payee,
    amount,
    currency,
    note,
    case
        when iso_date("date") is null then 'date is not a day (YYYY-MM-DD)'
        when trimmed(payee) is null then 'payee is empty'
        when not is_money(amount) then 'amount is not a plain decimal number'
        when trimmed(currency) is not null
            and not regexp_full_match(trim(currency), '[A-Za-z]{3}')
            then 'currency is not three letters (ISO 4217)'
    end as reject_reason
from landing
