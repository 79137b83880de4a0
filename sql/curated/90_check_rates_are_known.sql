-- One row per currency and month of a statement without a rate: its money is in no sum in dollars.
-- severity: warn
--
-- Add the rate to LAKE/catalog/fx.csv. Dollars need none: months of dollars only are not even read.
with royalties as (
    select reporting_month, source, currency, gross, line_count
    from curated.royalties
    where currency != 'USD' and gross_usd is null
)

select
    royalties.currency,
    royalties.reporting_month,
    royalties.source,
    sum(royalties.gross)::decimal(38, 12) as gross,
    sum(royalties.line_count)::bigint as line_count
from royalties
group by royalties.currency, royalties.reporting_month, royalties.source
order by royalties.currency, royalties.reporting_month, royalties.source
