-- One row per payee and quarter: what was owed, earned, recouped and paid, and what is owed.
-- key: payee, quarter
-- check: closing_usd is not distinct from opening_usd + earned_usd - costs_usd - paid_usd
-- check: payable_usd is null or payable_usd >= 0
-- export: yes
-- column payee: Payee as in catalog/payees.csv, or only in payments or costs.
-- column quarter: Quarter (YYYY-Qn) of booking, payment and cost.
-- column opening_usd: Balance before the quarter, in USD; below 0 the payee owes; NULL if unknown.
-- column earned_usd: Payee's money booked in the quarter, in USD (payee_lines).
-- column costs_usd: Costs charged to the payee, in USD; NULL if one has no rate.
-- column paid_usd: Payments to the payee, in USD; NULL if one has no rate.
-- column closing_usd: Balance after the quarter, in USD; NULL once a payment or cost is unknown.
-- column recouped_usd: Costs and debts that the quarter's money covered, in USD; NULL if unknown.
-- column unrecouped_usd: What is still to be recouped, in USD: a closing balance below 0.
-- column minimum_usd: Least balance that is paid out, in USD; 0 where catalog/payees.csv has none.
-- column payable_usd: Closing balance if it is above 0 and reaches the minimum, else 0, in USD.
-- column line_count: Rows of payee_lines.
-- column is_partial: Statements of the quarter's last month are not there yet.
--
-- One account per payee: costs are recouped from whatever the payee earns. Names are compared as
-- they are written; a check lists those in payments and costs that no payee has. A quarter is not
-- partial once any statement of its last month has come.
with lines as (
    select payee, reporting_month, amount_usd
    from curated.payee_lines
    where payee is not null
),

revenue as (
    select reporting_month
    from curated.revenue_by_store
),

payees as (
    select payee, minimum_usd
    from staging.catalog__payees
),

payments as (
    select payee, month, amount_usd
    from staging.catalog__payments
),

costs as (
    select payee, month, amount_usd
    from staging.catalog__costs
    where payee is not null
),

newest as (
    select max(reporting_month) as reporting_month
    from revenue
),

minimums as (
    select payee, max(minimum_usd) as minimum_usd
    from payees
    group by payee
),

entries as (
    select payee, reporting_month as month, 'line' as kind, amount_usd
    from lines

    union all

    select payee, month, 'cost' as kind, amount_usd
    from costs

    union all

    select payee, month, 'payment' as kind, amount_usd
    from payments
),

quarters as (
    select
        payee,
        strftime((month || '-01')::date, '%Y') || '-Q' || quarter((month || '-01')::date)
            as quarter,
        strftime(last_day(date_trunc('quarter', (month || '-01')::date)::date + 62), '%Y-%m')
            as last_month,
        coalesce(sum(amount_usd) filter (where kind = 'line'), 0) as earned_usd,
        coalesce(sum(amount_usd) filter (where kind = 'cost'), 0) as costs_usd,
        coalesce(sum(amount_usd) filter (where kind = 'payment'), 0) as paid_usd,
        count(*) filter (where kind = 'line') as line_count,
        count(*) filter (where kind = 'cost' and amount_usd is null) as unknown_costs,
        count(*) filter (where kind = 'payment' and amount_usd is null) as unknown_payments
    from entries
    group by
        payee,
        strftime((month || '-01')::date, '%Y') || '-Q' || quarter((month || '-01')::date),
        strftime(last_day(date_trunc('quarter', (month || '-01')::date)::date + 62), '%Y-%m')
),

balances as (
    select
        *,
        sum(earned_usd - costs_usd - paid_usd) over (
            partition by payee
            order by quarter
        ) as closing_usd,
        sum(unknown_costs + unknown_payments) over (
            partition by payee
            order by quarter
        ) as unknown_so_far
    from quarters
),

known as (
    select
        * exclude (earned_usd, costs_usd, paid_usd, closing_usd),
        earned_usd::decimal(38, 12) as earned_usd,
        case when unknown_costs = 0 then costs_usd end::decimal(38, 12) as costs_usd,
        case when unknown_payments = 0 then paid_usd end::decimal(38, 12) as paid_usd,
        case when unknown_so_far = 0 then closing_usd end::decimal(38, 12) as closing_usd,
        case
            when unknown_so_far = unknown_costs + unknown_payments
                then closing_usd - earned_usd + costs_usd + paid_usd
        end::decimal(38, 12) as opening_usd
    from balances
)

select
    known.payee,
    known.quarter,
    known.opening_usd,
    known.earned_usd,
    known.costs_usd,
    known.paid_usd,
    known.closing_usd,
    case
        when known.closing_usd is not null
            then greatest(-known.opening_usd, 0)
                + known.costs_usd
                - greatest(known.costs_usd - known.opening_usd - known.earned_usd, 0)
    end::decimal(38, 12) as recouped_usd,
    case when known.closing_usd is not null then greatest(-known.closing_usd, 0) end
        ::decimal(38, 12) as unrecouped_usd,
    coalesce(minimums.minimum_usd, 0)::decimal(38, 12) as minimum_usd,
    case
        when known.closing_usd is null then null
        when known.closing_usd >= coalesce(minimums.minimum_usd, 0) and known.closing_usd > 0
            then known.closing_usd
        else 0
    end::decimal(38, 12) as payable_usd,
    known.line_count::bigint as line_count,
    coalesce(known.last_month > newest.reporting_month, true) as is_partial
from known
cross join newest
left join minimums on known.payee = minimums.payee
