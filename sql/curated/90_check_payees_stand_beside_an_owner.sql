-- One row per payee and recording whose money no owner's share is known for: nobody is paid of it.
-- severity: warn
--
-- Add the owner's share to catalog/splits.csv: without it nobody knows what is left for others.
with revenue as (
    select isrc, artist, sale_month, gross_usd
    from curated.revenue_by_track
    where owner_share is null
),

payees as (
    select payee, isrc, artist_key, from_month, until_month, share
    from staging.catalog__payees
),

listed_recordings as (
    select isrc
    from payees
    where isrc is not null
    group by isrc
)

select
    payees.payee,
    revenue.artist,
    revenue.isrc,
    sum(revenue.gross_usd)::decimal(38, 12) as gross_usd
from revenue
inner join payees
    on payees.share > 0
    and revenue.sale_month >= payees.from_month
    and revenue.sale_month < payees.until_month
    and (
        revenue.isrc = payees.isrc
        or (
            name_key(revenue.artist) = payees.artist_key
            and coalesce(revenue.isrc, '') not in (select isrc from listed_recordings)
        )
    )
group by payees.payee, revenue.artist, revenue.isrc
order by payees.payee, revenue.artist, revenue.isrc
