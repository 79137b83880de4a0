-- One row per reporting month and account: what the distributor's statement pays.
-- partition: reporting_month
-- key: reporting_month, source, account
-- export: yes
-- incremental: required
-- check: royalties_usd is not distinct from gross_usd
-- column reporting_month: Month (YYYY-MM) in which the distributor booked the money.
-- column source: Distributor.
-- column account: Account at the distributor.
-- column first_sale_month: First sale month the statement speaks of.
-- column last_sale_month: Last sale month the statement speaks of.
-- column line_count: Lines of the statement.
-- column sales_usd: Money of the sales, in USD, exact.
-- column adjustments_usd: Money of all but sales, in USD, exact; 0 when there were none.
-- column gross_usd: Money of the lines whose rate is known, in USD, exact.
-- column royalties_usd: The same money summed over curated.royalties; a check holds the two equal.
-- column gross: Money of all rows of curated.royalties, each in its own currency: what marts of
--     money in currency are held against, no amount.
-- column shared_usd: Of royalties_usd, what an owner's share is known for; NULL if of none.
-- column net_usd: Owner's part of shared_usd, in USD; NULL if no share is known.
-- column streams: Units of sales in stores of class streaming; NULL where there were none.
-- column lines_without_rate: Lines in a currency without a rate: their money is not in gross_usd.
--
-- Compare gross_usd with what arrived in the bank. That names, shares and stores joined to lines
-- neither lose nor double a cent is proved here, month by month; and the marts are held against
-- these sums, so that nobody need read every line of all of history for it.
with lines as (
    select reporting_month, source, account, sale_month, kind, gross_usd
    from feeds.royalties
),

royalties as (
    select
        reporting_month,
        source,
        account,
        owner_share,
        streams,
        gross,
        gross_usd,
        net_usd
    from curated.royalties
),

line_totals as (
    select
        reporting_month,
        source,
        account,
        min(sale_month) as first_sale_month,
        max(sale_month) as last_sale_month,
        count(*)::bigint as line_count,
        coalesce(sum(gross_usd) filter (where kind = 'sale'), 0)::decimal(38, 12) as sales_usd,
        coalesce(sum(gross_usd) filter (where kind != 'sale'), 0)::decimal(38, 12)
            as adjustments_usd,
        sum(gross_usd)::decimal(38, 12) as gross_usd,
        (count(*) - count(gross_usd))::bigint as lines_without_rate
    from lines
    group by reporting_month, source, account
),

royalty_totals as (
    select
        reporting_month,
        source,
        account,
        sum(streams)::bigint as streams,
        sum(gross)::decimal(38, 12) as gross,
        sum(gross_usd)::decimal(38, 12) as gross_usd,
        (sum(gross_usd) filter (where owner_share is not null))::decimal(38, 12) as shared_usd,
        sum(net_usd)::decimal(38, 12) as net_usd
    from royalties
    group by reporting_month, source, account
)

select
    line_totals.reporting_month,
    line_totals.source,
    line_totals.account,
    line_totals.first_sale_month,
    line_totals.last_sale_month,
    line_totals.line_count,
    line_totals.sales_usd,
    line_totals.adjustments_usd,
    line_totals.gross_usd,
    royalty_totals.gross_usd as royalties_usd,
    royalty_totals.gross,
    royalty_totals.shared_usd,
    royalty_totals.net_usd,
    royalty_totals.streams,
    line_totals.lines_without_rate
from line_totals
left join royalty_totals
    on line_totals.reporting_month = royalty_totals.reporting_month
    and line_totals.source = royalty_totals.source
    and line_totals.account = royalty_totals.account
