-- One row per account and day whose spend differs between ads, ad sets and campaigns.
-- severity: warn
--
-- The same money seen at three levels; a cent per line may be rounded.
with totals as (
    select
        account,
        date,
        level,
        sum(spend)::decimal(18, 6) as spend,
        count(*)::bigint as lines
    from staging.metaads__insights
    where span = 'day'
    group by account, date, level
)

select
    account,
    date,
    min(spend)::decimal(18, 6) as least,
    max(spend)::decimal(18, 6) as most
from totals
group by account, date
having max(spend) - min(spend) > 0.01 * max(lines)
order by account, date
