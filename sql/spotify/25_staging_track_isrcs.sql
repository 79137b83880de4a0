-- One row per track of the Web API whose ISRC is the same in every answer.
-- key: spotify_track_id
--
-- Built whole, because a track looked up once names the songs of every month.
with tracks as (
    select spotify_track_id, isrc
    from staging.spotify__tracks
    where isrc is not null
)

select tracks.spotify_track_id, min(tracks.isrc) as isrc
from tracks
group by tracks.spotify_track_id
having count(distinct tracks.isrc) = 1
