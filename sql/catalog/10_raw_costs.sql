-- One row per cost of a recording or an artist: mastering, cover, video, advance.
-- format: csv
-- columns: date, [isrc], [artist], kind, amount, [currency], [payee], [note]
-- file: costs.*
-- partition: account
-- shrink: 100 %
-- max_rejects: 0
--
-- Edited by people; a changed file is the whole new list. A cost with a payee is recouped: it is
-- taken off that payee's balance. Ads that a platform reports do not belong here. An empty currency
-- means US dollars.
select
    "date",
    isrc,
    artist,
    kind,
    amount,
    currency,
    payee,
    note,
    case
        when iso_date("date") is null then 'date is not a day (YYYY-MM-DD)'
        when isrc_key(isrc) is null and trimmed(artist) is null
            then 'neither isrc nor artist is given'
        when trimmed(kind) is null then 'kind is empty'
        when not is_money(amount) then 'amount is not a plain decimal number'
        when trimmed(currency) is not null
            and not regexp_full_match(trim(currency), '[A-Za-z]{3}')
            then 'currency is not three letters (ISO 4217)'
    end as reject_reason
from landing
