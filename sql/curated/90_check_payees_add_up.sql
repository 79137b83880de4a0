-- One row per payee whose statements do not hold all of the payee's lines.
-- severity: error
with payee_lines as (
    select payee, amount_usd
    from curated.payee_lines
    where payee is not null
),

payee_statements as (
    select payee, earned_usd
    from curated.payee_statements
),

line_totals as (
    select payee, sum(amount_usd)::decimal(38, 12) as lines_usd
    from payee_lines
    group by payee
),

statement_totals as (
    select payee, sum(earned_usd)::decimal(38, 12) as statements_usd
    from payee_statements
    group by payee
)

select
    coalesce(line_totals.payee, statement_totals.payee) as payee,
    line_totals.lines_usd,
    statement_totals.statements_usd
from line_totals
full join statement_totals on line_totals.payee = statement_totals.payee
where coalesce(line_totals.lines_usd, 0) != coalesce(statement_totals.statements_usd, 0)
order by coalesce(line_totals.payee, statement_totals.payee)
