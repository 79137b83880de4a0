-- One row per recording: what it is called, and by whom it is.
-- key: isrc
-- column isrc: ISRC of the recording, in capitals without dashes.
-- column track: Track as in curated.tracks.
-- column artist: Artist as in curated.tracks.
--
-- Without the money of curated.tracks, which moves with every statement: what needs the names only
-- is not built anew because of it.
with tracks as (
    select isrc, track, artist
    from curated.tracks
)

select
    tracks.isrc,
    tracks.track,
    tracks.artist
from tracks
