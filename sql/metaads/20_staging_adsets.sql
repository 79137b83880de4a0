-- One row per account, day of capture and ad set.
-- key: account, captured_on, id
--
-- Budgets come in minor units; how many decimals they stand for, the account's currency says.
-- Without an answer about the account the amount is unknown.
-- One that shifted from one page to the next while they were fetched is in both, and the later
-- one counts.
with adsets as (
    select *
    from raw.metaads__adsets
    qualify row_number() over (
        partition by account, captured_on, id
        order by _drop desc, _file desc, _row desc
    ) = 1
),

currencies as (
    select account, currency
    from raw.metaads__account
    qualify row_number() over (partition by account order by captured_on desc) = 1
)

select
    adsets.account,
    adsets.captured_on,
    adsets.month,
    adsets.id,
    trimmed(adsets.name) as name,
    adsets.campaign_id,
    adsets.optimization_goal,
    adsets.status,
    adsets.effective_status,
    try_cast(adsets.daily_budget as bigint) as daily_budget_minor,
    try_cast(adsets.lifetime_budget as bigint) as lifetime_budget_minor,
    currencies.currency,
    major_units(adsets.daily_budget, currencies.currency) as daily_budget,
    major_units(adsets.lifetime_budget, currencies.currency) as lifetime_budget,
    try_strptime(adsets.start_time, '%Y-%m-%dT%H:%M:%S%z')::timestamp as starts_at,
    try_strptime(adsets.created_time, '%Y-%m-%dT%H:%M:%S%z')::timestamp as created_at,
    try_strptime(adsets.updated_time, '%Y-%m-%dT%H:%M:%S%z')::timestamp as updated_at,
    adsets._drop,
    adsets._file,
    adsets._row
from adsets
left join currencies on adsets.account = currencies.account
