-- One row per store that no script maps to a platform: its units are not counted as streams.
-- severity: warn
--
-- Add the store to the source's staging stores.
with royalty_totals as (
    select source, store, units, gross_usd, line_count
    from curated.royalty_totals
    where platform is null
)

select
    royalty_totals.source,
    royalty_totals.store,
    sum(royalty_totals.units)::bigint as units,
    sum(royalty_totals.gross_usd)::decimal(38, 12) as gross_usd,
    sum(royalty_totals.line_count)::bigint as line_count
from royalty_totals
group by royalty_totals.source, royalty_totals.store
order by royalty_totals.source, royalty_totals.store
