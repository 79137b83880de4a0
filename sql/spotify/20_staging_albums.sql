-- One row per account, album and day it was looked at in the Web API.
-- partition: month
-- key: month, account, captured_on, spotify_album_id
-- check: popularity is null or popularity between 0 and 100
--
-- The album's own answer counts before a page that lists it. release_date is NULL where only a
-- month or a year is told: released then has it. artist_ids has all artists in order,
-- spotify_artist_id the first.
with albums as (
    select
        account,
        album_id,
        answer,
        name,
        album_type,
        release_date,
        release_date_precision,
        total_tracks,
        first_artist_id,
        artists,
        upc,
        label,
        popularity,
        month,
        captured_on,
        _drop,
        _file,
        _row
    from raw.spotify__albums
),

fullest_of_day as (
    select *
    from albums
    qualify row_number() over (
        partition by month, account, captured_on, album_id
        order by answer = 'items', _drop desc, _file desc, _row desc
    ) = 1
)

select
    fullest_of_day.account,
    fullest_of_day.captured_on::date as captured_on,
    fullest_of_day.month,
    trim(fullest_of_day.album_id) as spotify_album_id,
    fullest_of_day.first_artist_id as spotify_artist_id,
    ids_of(fullest_of_day.artists) as artist_ids,
    trimmed(fullest_of_day.name) as album_title,
    fullest_of_day.album_type,
    trimmed(fullest_of_day.upc) as upc,
    trimmed(fullest_of_day.label) as label,
    known(fullest_of_day.total_tracks)::bigint as track_count,
    known(fullest_of_day.popularity)::bigint as popularity,
    fullest_of_day.release_date as released,
    fullest_of_day.release_date_precision as release_precision,
    iso_date(fullest_of_day.release_date) as release_date,
    fullest_of_day._drop,
    fullest_of_day._file,
    fullest_of_day._row
from fullest_of_day
