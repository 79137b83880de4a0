-- One row per name and the source that uses it (NULL: any source), with the artist it means.
-- key: source, alias_key
-- check: artist_count = 1
--
-- Every artist is also an alias of itself. A name that means two artists stops the tables that
-- read it: money must not go to whom the alphabet prefers.
with artists as (
    select source, alias, artist
    from raw.catalog__artists
),

names as (
    select lower(trimmed(source)) as source, name_key(alias) as alias_key, trimmed(artist) as artist
    from artists

    union all

    select null as source, name_key(artist) as alias_key, trimmed(artist) as artist
    from artists
)

select
    names.source,
    names.alias_key,
    min(names.artist) as artist,
    count(distinct names.artist)::bigint as artist_count
from names
group by names.source, names.alias_key
