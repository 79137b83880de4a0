-- One row per share in the catalog that is about an artist or ISRC the catalog does not list.
-- severity: warn
with splits as (
    select isrc, artist_key, from_month, owner_share
    from staging.catalog__splits
),

artists as (
    select name_key(artist) as artist_key
    from staging.catalog__artists
),

tracks as (
    select isrc
    from staging.catalog__tracks
)

select splits.isrc, splits.artist_key, splits.from_month, splits.owner_share
from splits
where (splits.isrc is not null and splits.isrc not in (select isrc from tracks))
    or (
        splits.artist_key is not null
        and splits.artist_key not in (select artist_key from artists)
    )
order by all
