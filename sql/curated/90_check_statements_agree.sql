-- One row per statement that differs from the total of the distributor's page, or is missing.
-- severity: warn
--
-- Was the export cut off, or the total mistyped in catalog/statement_totals.csv?
with statement_reconciliation as (
    select reporting_month, source, account, currency, stated_total, lines_total, verdict
    from curated.statement_reconciliation
    where verdict in ('differs', 'statement missing')
)

select
    statement_reconciliation.reporting_month,
    statement_reconciliation.source,
    statement_reconciliation.account,
    statement_reconciliation.currency,
    statement_reconciliation.stated_total,
    statement_reconciliation.lines_total,
    statement_reconciliation.verdict
from statement_reconciliation
order by
    statement_reconciliation.reporting_month,
    statement_reconciliation.source,
    statement_reconciliation.account,
    statement_reconciliation.currency
