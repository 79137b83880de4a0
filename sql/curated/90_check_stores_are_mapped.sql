-- One row per store that no script maps to a platform: its units are not counted as streams.
-- severity: warn
--
-- Add the store to the source's staging stores.
with royalty_months as (
    select source, store, units, gross_usd, line_count
    from curated.royalty_months
    where platform is null
)

select
    royalty_months.source,
    royalty_months.store,
    sum(royalty_months.units)::bigint as units,
    sum(royalty_months.gross_usd)::decimal(38, 12) as gross_usd,
    sum(royalty_months.line_count)::bigint as line_count
from royalty_months
group by royalty_months.source, royalty_months.store
order by royalty_months.source, royalty_months.store
