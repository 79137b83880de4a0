-- One row per recording of the label, from the catalog people edit.
-- key: isrc
with tracks as (
    select isrc, track, artist, release_date, _drop, _file, _row
    from raw.catalog__tracks
)

select
    isrc_key(tracks.isrc) as isrc,
    trimmed(tracks.track) as track,
    trimmed(tracks.artist) as artist,
    iso_date(tracks.release_date) as release_date,
    tracks._drop,
    tracks._file,
    tracks._row
from tracks
