-- One row per account, artist and day it was looked at in the Web API.
-- partition: month
-- key: month, account, captured_on, spotify_artist_id
-- check: coalesce(followers, 0) >= 0
-- check: popularity is null or popularity between 0 and 100
--
-- popularity is Spotify's own rank, days behind, and no count of streams.
with artists as (
    select account, artist_id, name, followers, popularity, month, captured_on, _drop, _file, _row
    from raw.spotify__artists
),

newest_of_day as (
    select *
    from artists
    qualify row_number() over (
        partition by month, account, captured_on, artist_id
        order by _drop desc, _file desc, _row desc
    ) = 1
)

select
    newest_of_day.account,
    newest_of_day.captured_on::date as captured_on,
    newest_of_day.month,
    trim(newest_of_day.artist_id) as spotify_artist_id,
    trimmed(newest_of_day.name) as artist_name,
    known(newest_of_day.followers)::bigint as followers,
    known(newest_of_day.popularity)::bigint as popularity,
    newest_of_day._drop,
    newest_of_day._file,
    newest_of_day._row
from newest_of_day
