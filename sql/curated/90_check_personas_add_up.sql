-- One row per audience and dimension whose told shares add up to more than the whole.
-- severity: warn
--
-- Half a percent is rounding. Less than the whole is right: sources leave the unknown out.
with artist_personas as (
    select
        platform,
        source,
        account,
        profile,
        audience,
        time_window,
        dimension,
        captured_on,
        share
    from curated.artist_personas
    where is_share_told
)

select
    artist_personas.platform,
    artist_personas.source,
    artist_personas.account,
    artist_personas.profile,
    artist_personas.audience,
    artist_personas.time_window,
    artist_personas.dimension,
    artist_personas.captured_on,
    sum(artist_personas.share)::decimal(18, 6) as share
from artist_personas
group by
    artist_personas.platform,
    artist_personas.source,
    artist_personas.account,
    artist_personas.profile,
    artist_personas.audience,
    artist_personas.time_window,
    artist_personas.dimension,
    artist_personas.captured_on
having sum(artist_personas.share) > 1.005
order by
    artist_personas.platform,
    artist_personas.source,
    artist_personas.account,
    artist_personas.profile,
    artist_personas.audience,
    artist_personas.time_window,
    artist_personas.dimension
