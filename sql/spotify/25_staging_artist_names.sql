-- One row per artist of the Web API whose name is the same in every answer.
-- key: spotify_artist_id
--
-- Built whole, because an artist looked up once is named in every month.
with artists as (
    select spotify_artist_id, artist_name
    from staging.spotify__artists
    where artist_name is not null
)

select artists.spotify_artist_id, min(artists.artist_name) as artist_name
from artists
group by artists.spotify_artist_id
having count(distinct artists.artist_name) = 1
