-- One row per name in payments or costs that catalog/payees.csv does not list: mistyped?
-- severity: warn
with payees as (
    select payee
    from staging.catalog__payees
),

payments as (
    select payee, amount_usd
    from staging.catalog__payments
),

costs as (
    select payee, amount_usd
    from staging.catalog__costs
    where payee is not null
),

named as (
    select 'payments' as list, payee, amount_usd from payments

    union all

    select 'costs' as list, payee, amount_usd from costs
)

select named.list, named.payee, sum(named.amount_usd)::decimal(38, 12) as amount_usd
from named
where named.payee not in (select payee from payees)
group by named.list, named.payee
order by named.list, named.payee
