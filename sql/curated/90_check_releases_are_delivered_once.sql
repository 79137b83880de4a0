-- One row per recording, sale month and platform for which two distributors pay.
-- severity: warn
--
-- Distributors have different catalogues, and what they report adds up. A recording that two of
-- them are paid for at one platform was delivered twice: the money is there all the same, but its
-- streams are split, and one of the two should be taken down. Corrections of money are left out.
with royalty_totals as (
    select source, isrc, platform, store
    from curated.royalty_totals
    where isrc is not null
),

royalties as (
    select source, isrc, sale_month, platform, store, units, gross_usd
    from curated.royalties
    where isrc is not null and kind = 'sale'
),

candidates as (
    select isrc, coalesce(platform, name_key(store)) as paid_by
    from royalty_totals
    group by isrc, coalesce(platform, name_key(store))
    having count(distinct source) > 1
),

paid as (
    select
        royalties.isrc,
        royalties.sale_month,
        candidates.paid_by,
        royalties.source,
        royalties.units,
        royalties.gross_usd
    from royalties
    inner join candidates
        on royalties.isrc = candidates.isrc
        and coalesce(royalties.platform, name_key(royalties.store)) = candidates.paid_by
)

select
    paid.isrc,
    paid.sale_month,
    paid.paid_by as platform,
    string_agg(distinct paid.source, ', ' order by paid.source) as sources,
    sum(paid.units)::bigint as units,
    sum(paid.gross_usd)::decimal(38, 12) as gross_usd
from paid
group by paid.isrc, paid.sale_month, paid.paid_by
having count(distinct paid.source) > 1
order by paid.isrc, paid.sale_month, paid.paid_by
