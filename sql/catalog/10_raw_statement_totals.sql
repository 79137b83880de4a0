-- One row per statement: the total that the distributor's page, or the bank, says it pays.
-- format: csv
-- columns: reporting_month, source, [statement_account], currency, total
-- file: statement_totals.*
-- partition: account
-- shrink: 100 %
-- max_rejects: 0
--
-- Edited by people, read off the distributor's page: no export carries a total of its own. An empty
-- statement_account means main.
select
    reporting_month,
    source,
    statement_account,
    currency,
    total,
    case
        when iso_month(reporting_month) is null then 'reporting_month is not a month (YYYY-MM)'
        when trimmed(source) is null then 'source is empty'
        when not coalesce(regexp_full_match(trim(currency), '[A-Za-z]{3}'), false)
            then 'currency is not three letters (ISO 4217)'
        when not is_money(total) then 'total is not a plain decimal number'
    end as reject_reason
from landing
