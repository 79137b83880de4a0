-- One row per recording, in the catalog or only in statements.
-- key: isrc
-- check: isrc is not null
-- export: yes
-- column isrc: ISRC of the recording, in capitals without dashes.
-- column track: Track as in the catalog, or as a statement writes it (the first by alphabet).
-- column artist: Artist of the track in the catalog, or by the statements that name it.
-- column release_date: Release date in the catalog.
-- column is_in_catalog: Listed in catalog/tracks.csv.
-- column first_sale_month: First month (YYYY-MM) with a sale in a statement.
-- column last_sale_month: Last month (YYYY-MM) with a sale in a statement.
-- column gross_usd: Money of all statements, in USD; NULL where no statement has the recording.
with catalog_tracks as (
    select isrc, track, artist, release_date
    from staging.catalog__tracks
),

royalty_totals as (
    select isrc, track, artist, first_sale_month, last_sale_month, gross_usd
    from curated.royalty_totals
    where isrc is not null
),

sold_tracks as (
    select
        isrc,
        min(track) as track,
        min(artist) as artist,
        min(first_sale_month) as first_sale_month,
        max(last_sale_month) as last_sale_month,
        sum(gross_usd)::decimal(38, 12) as gross_usd
    from royalty_totals
    group by isrc
)

select
    coalesce(catalog_tracks.isrc, sold_tracks.isrc) as isrc,
    coalesce(catalog_tracks.track, sold_tracks.track) as track,
    coalesce(catalog_tracks.artist, sold_tracks.artist) as artist,
    catalog_tracks.release_date,
    catalog_tracks.isrc is not null as is_in_catalog,
    sold_tracks.first_sale_month,
    sold_tracks.last_sale_month,
    sold_tracks.gross_usd
from catalog_tracks
full join sold_tracks on catalog_tracks.isrc = sold_tracks.isrc
