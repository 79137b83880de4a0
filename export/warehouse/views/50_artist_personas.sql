-- One row per audience that a source tells of, dimension and value: what part of it is so.
-- column artist: Artist; NULL if not known.
-- column is_in_catalog: The artist stands in the catalog.
-- column platform: Platform of the audience; NULL for all platforms of the statements together.
-- column profile: Handle or channel; NULL for statements.
-- column source: Source that tells it.
-- column account: Account it was seen through.
-- column audience: Who is counted: followers, viewers, streams …; audiences are never mixed.
-- column time_window: What the source looked at.
-- column dimension: country, city, gender, age, device …
-- column value: Country code, age range and so on, in one spelling.
-- column captured_on: Day of the newest look.
-- column quantity: How many of the audience are so; NULL where only shares are told.
-- column known_quantity: The whole audience whose value is known.
-- column share: The part of the audience, a fraction of 1.
-- column is_share_told: The source tells the share itself.
select
    artist_personas.artist,
    artists.is_in_catalog,
    artist_personas.platform,
    artist_personas.profile,
    artist_personas.source,
    artist_personas.account,
    artist_personas.audience,
    artist_personas.time_window,
    artist_personas.dimension,
    artist_personas.value,
    artist_personas.captured_on,
    artist_personas.quantity,
    artist_personas.known_quantity,
    artist_personas.share,
    artist_personas.is_share_told
from curated.artist_personas
left join curated.artists
    on artist_personas.artist = artists.artist
