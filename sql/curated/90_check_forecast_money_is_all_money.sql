-- One row per distributor whose money by sale month differs from that of its statements.
-- severity: error
with months as (
    select source, sum(gross_usd)::decimal(38, 12) as gross_usd
    from curated.artist_revenue_months
    group by source
),

royalty_totals as (
    select source, coalesce(sum(gross_usd), 0)::decimal(38, 12) as gross_usd
    from curated.royalty_totals
    group by source
)

select
    coalesce(royalty_totals.source, months.source) as source,
    royalty_totals.gross_usd as statements_usd,
    months.gross_usd as months_usd
from royalty_totals
full join months on royalty_totals.source = months.source
where royalty_totals.gross_usd is distinct from months.gross_usd
order by coalesce(royalty_totals.source, months.source)
