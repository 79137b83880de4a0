-- One row per statement and currency: the total that the distributor's page says it pays.
-- key: reporting_month, source, account, currency
with statement_totals as (
    select reporting_month, source, statement_account, currency, total, _drop, _file, _row
    from raw.catalog__statement_totals
)

select
    iso_month(statement_totals.reporting_month) as reporting_month,
    lower(trimmed(statement_totals.source)) as source,
    coalesce(trimmed(statement_totals.statement_account), 'main') as account,
    upper(trimmed(statement_totals.currency)) as currency,
    statement_totals.total::decimal(24, 12) as total,
    statement_totals._drop,
    statement_totals._file,
    statement_totals._row
from statement_totals
