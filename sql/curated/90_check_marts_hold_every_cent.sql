-- One row per mart and measure whose sum is not that of curated.royalties, to the last decimal.
-- severity: error
--
-- The sums of curated.royalties are those of curated.statements, which takes them month by month.
-- payees: what is theirs and the owner's money are the gross that an owner's share is known for.
with statements as (
    select gross, royalties_usd, shared_usd, net_usd, streams, line_count
    from curated.statements
),

revenue_by_track as (
    select gross, gross_usd, sales_usd, adjustments_usd, net_usd, streams, line_count
    from curated.revenue_by_track
),

revenue_monthly as (
    select gross, gross_usd, net_usd, streams, line_count
    from curated.revenue_monthly
),

revenue_by_part as (
    select dimension, gross_usd
    from curated.revenue_by_part
),

statement_reconciliation as (
    select lines_total, line_count
    from curated.statement_reconciliation
),

payee_lines as (
    select amount_usd
    from curated.payee_lines
),

release_profit as (
    select gross_usd, net_usd
    from curated.release_profit
),

expected as (
    select
        coalesce(sum(gross), 0) as gross,
        coalesce(sum(royalties_usd), 0) as gross_usd,
        coalesce(sum(net_usd), 0) as net_usd,
        coalesce(sum(shared_usd), 0) as shared_usd,
        coalesce(sum(streams), 0) as streams,
        coalesce(sum(line_count), 0) as line_count
    from statements
),

found as (
    select 'revenue_by_track' as mart, 'gross' as measure, sum(gross) as total
    from revenue_by_track

    union all

    select 'revenue_by_track' as mart, 'gross_usd' as measure, sum(gross_usd) as total
    from revenue_by_track

    union all

    select
        'revenue_by_track' as mart,
        'gross_usd' as measure,
        sum(coalesce(sales_usd, 0) + adjustments_usd) as total
    from revenue_by_track

    union all

    select 'revenue_by_track' as mart, 'net_usd' as measure, sum(net_usd) as total
    from revenue_by_track

    union all

    select 'revenue_by_track' as mart, 'streams' as measure, sum(streams) as total
    from revenue_by_track

    union all

    select 'revenue_monthly' as mart, 'gross' as measure, sum(gross) as total
    from revenue_monthly

    union all

    select 'revenue_monthly' as mart, 'gross_usd' as measure, sum(gross_usd) as total
    from revenue_monthly

    union all

    select 'revenue_monthly' as mart, 'net_usd' as measure, sum(net_usd) as total
    from revenue_monthly

    union all

    select 'revenue_monthly' as mart, 'streams' as measure, sum(streams) as total
    from revenue_monthly

    union all

    select 'revenue_monthly' as mart, 'line_count' as measure, sum(line_count) as total
    from revenue_monthly

    union all

    select 'revenue_by_part, ' || dimension as mart, 'gross_usd' as measure, sum(gross_usd) as total
    from revenue_by_part
    group by dimension

    union all

    select 'statement_reconciliation' as mart, 'gross' as measure, sum(lines_total) as total
    from statement_reconciliation

    union all

    select 'payee_lines' as mart, 'payees_usd' as measure, sum(amount_usd) as total
    from payee_lines

    union all

    select 'release_profit' as mart, 'gross_usd' as measure, sum(gross_usd) as total
    from release_profit

    union all

    select 'release_profit' as mart, 'net_usd' as measure, sum(net_usd) as total
    from release_profit
),

wanted as (
    select 'gross' as measure, gross as total from expected

    union all

    select 'gross_usd' as measure, gross_usd as total from expected

    union all

    select 'net_usd' as measure, net_usd as total from expected

    union all

    select 'payees_usd' as measure, shared_usd - net_usd as total from expected

    union all

    select 'streams' as measure, streams::decimal(38, 12) as total from expected

    union all

    select 'line_count' as measure, line_count::decimal(38, 12) as total from expected
)

select
    found.mart,
    found.measure,
    coalesce(found.total, 0)::decimal(38, 12) as total,
    wanted.total::decimal(38, 12) as royalties_total
from found
inner join wanted on found.measure = wanted.measure
where coalesce(found.total, 0)::decimal(38, 12) != wanted.total::decimal(38, 12)
order by found.mart, found.measure
