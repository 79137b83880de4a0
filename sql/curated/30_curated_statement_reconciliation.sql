-- One row per statement and currency: its lines against the total the distributor's page says.
-- key: reporting_month, source, account, currency
-- check: difference is null or verdict != 'agrees' or abs(difference) <= tolerance
-- export: yes
-- column reporting_month: Month (YYYY-MM) in which the distributor booked the money.
-- column source: Distributor.
-- column account: Account at the distributor.
-- column currency: Currency of the statement, ISO 4217.
-- column stated_total: Total by catalog/statement_totals.csv, in currency; NULL if nobody wrote it.
-- column lines_total: Money of all lines, adjustments included, in currency, exact; NULL without
--     lines.
-- column difference: lines_total less stated_total, in currency.
-- column tolerance: What rounding may explain, in currency: one cent, since totals are in cents.
-- column line_count: Statement lines.
-- column verdict: agrees, differs, 'statement missing', or 'no total to compare with'.
--
-- No export carries a total of its own, and a file that was cut off looks whole. So the total is
-- read off the distributor's page or the bank by a person. What was expected: see revenue_variance.
with revenue as (
    select reporting_month, source, account, currency, gross, line_count
    from curated.revenue_by_store
),

stated as (
    select reporting_month, source, account, currency, total
    from staging.catalog__statement_totals
),

statements as (
    select
        reporting_month,
        source,
        account,
        currency,
        sum(gross)::decimal(38, 12) as lines_total,
        sum(line_count)::bigint as line_count
    from revenue
    group by reporting_month, source, account, currency
),

compared as (
    select
        coalesce(statements.reporting_month, stated.reporting_month) as reporting_month,
        coalesce(statements.source, stated.source) as source,
        coalesce(statements.account, stated.account) as account,
        coalesce(statements.currency, stated.currency) as currency,
        stated.total as stated_total,
        statements.lines_total,
        (statements.lines_total - stated.total)::decimal(38, 12) as difference,
        0.01::decimal(9, 6) as tolerance,
        coalesce(statements.line_count, 0) as line_count
    from statements
    full join stated
        on statements.reporting_month = stated.reporting_month
        and statements.source = stated.source
        and statements.account = stated.account
        and statements.currency is not distinct from stated.currency
)

select
    compared.reporting_month,
    compared.source,
    compared.account,
    compared.currency,
    compared.stated_total::decimal(38, 12) as stated_total,
    compared.lines_total,
    compared.difference,
    compared.tolerance,
    compared.line_count,
    case
        when compared.lines_total is null then 'statement missing'
        when compared.stated_total is null then 'no total to compare with'
        when abs(compared.difference) <= compared.tolerance then 'agrees'
        else 'differs'
    end as verdict
from compared
