-- One row per account, track and day it was looked at in the Web API.
-- partition: month
-- key: month, account, captured_on, spotify_track_id
-- check: duration_ms > 0
-- check: popularity is null or popularity between 0 and 100
--
-- The track's own answer counts before a page that lists it. A track of several artists is in the
-- lists of each: artist_ids has all of them in order, spotify_artist_id the first.
with tracks as (
    select
        account,
        track_id,
        answered_id,
        answer,
        name,
        isrc,
        album_id,
        first_artist_id,
        artists,
        duration_ms,
        disc_number,
        track_number,
        explicit,
        is_playable,
        popularity,
        month,
        captured_on,
        _drop,
        _file,
        _row
    from raw.spotify__tracks
),

fullest_of_day as (
    select *
    from tracks
    qualify row_number() over (
        partition by month, account, captured_on, track_id
        order by answer = 'items', _drop desc, _file desc, _row desc
    ) = 1
)

select
    fullest_of_day.account,
    fullest_of_day.captured_on::date as captured_on,
    fullest_of_day.month,
    trim(fullest_of_day.track_id) as spotify_track_id,
    trim(fullest_of_day.answered_id) as answered_track_id,
    fullest_of_day.album_id as spotify_album_id,
    fullest_of_day.first_artist_id as spotify_artist_id,
    ids_of(fullest_of_day.artists) as artist_ids,
    isrc_key(fullest_of_day.isrc) as isrc,
    trimmed(fullest_of_day.name) as track_title,
    known(fullest_of_day.disc_number)::bigint as disc_number,
    fullest_of_day.track_number::bigint as track_number,
    fullest_of_day.duration_ms::bigint as duration_ms,
    known(fullest_of_day.popularity)::bigint as popularity,
    try_cast(fullest_of_day.explicit as boolean) as is_explicit,
    try_cast(fullest_of_day.is_playable as boolean) as is_playable,
    fullest_of_day._drop,
    fullest_of_day._file,
    fullest_of_day._row
from fullest_of_day
