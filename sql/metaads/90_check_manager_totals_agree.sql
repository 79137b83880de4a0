-- One row per Ads Manager export whose lines add up to other than its total says, or that has none.
-- severity: warn
--
-- Breakdowns differ a little from their total (0.1 % was seen), so a hundredth is let pass. Lines
-- whose names stand under headers in a language nobody declared all look like totals.
with lines as (
    select account, _drop, _file, line_kind, manager_amount(spent) as spend
    from raw.metaads__manager
),

sums as (
    select
        account,
        _drop,
        _file,
        sum(spend) filter (where line_kind = 'total')::decimal(18, 6) as total,
        sum(spend) filter (where line_kind = 'row')::decimal(18, 6) as details
    from lines
    group by account, _drop, _file
)

select sums.account, sums.total, sums.details, sums._file
from sums
where (sums.total is not null and sums.details is null)
    or abs(sums.total - sums.details) > 0.01 * sums.total + 0.01
order by sums.account, sums._file
