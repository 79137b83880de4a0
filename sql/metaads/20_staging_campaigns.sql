-- One row per account, day of capture and campaign.
-- key: account, captured_on, id
--
-- Budgets come in minor units; how many decimals they stand for, the account's currency says.
-- Without an answer about the account the amount is unknown.
-- One that shifted from one page to the next while they were fetched is in both, and the later
-- one counts.
with campaigns as (
    select *
    from raw.metaads__campaigns
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
    campaigns.account,
    campaigns.captured_on,
    campaigns.month,
    campaigns.id,
    trimmed(campaigns.name) as name,
    campaigns.objective,
    campaigns.status,
    campaigns.effective_status,
    try_cast(campaigns.daily_budget as bigint) as daily_budget_minor,
    try_cast(campaigns.lifetime_budget as bigint) as lifetime_budget_minor,
    currencies.currency,
    major_units(campaigns.daily_budget, currencies.currency) as daily_budget,
    major_units(campaigns.lifetime_budget, currencies.currency) as lifetime_budget,
    try_strptime(campaigns.start_time, '%Y-%m-%dT%H:%M:%S%z')::timestamp as starts_at,
    try_strptime(campaigns.created_time, '%Y-%m-%dT%H:%M:%S%z')::timestamp as created_at,
    try_strptime(campaigns.updated_time, '%Y-%m-%dT%H:%M:%S%z')::timestamp as updated_at,
    campaigns._drop,
    campaigns._file,
    campaigns._row
from campaigns
left join currencies on campaigns.account = currencies.account
