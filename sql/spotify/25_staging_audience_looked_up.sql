-- One row per account, artist id and day: followers, where Spotify for Artists tells none.
-- partition: month
-- key: none
-- feeds: audience
--
-- Spotify for Artists knows more and by the day, so its followers of a day count before these.
-- Names are compared as the catalog knows them: its files may be called after an artist's id. Two
-- artists of one name are two rows.
with artists as (
    select account, captured_on, month, artist_name, followers, _drop, _file, _row
    from staging.spotify__artists
    where followers is not null
),

audience as (
    select artist_name, date, month
    from staging.spotify__audience_daily
    where followers is not null
),

aliases as (
    select alias_key, name_key(artist) as artist_key
    from staging.catalog__artists
    where source is null or source = 'spotify'
    qualify row_number() over (partition by alias_key order by source nulls last) = 1
),

told as (
    select
        audience.month,
        audience.date,
        coalesce(aliases.artist_key, name_key(audience.artist_name)) as artist_key,
        count(*) as row_count
    from audience
    left join aliases on name_key(audience.artist_name) = aliases.alias_key
    group by
        audience.month,
        audience.date,
        coalesce(aliases.artist_key, name_key(audience.artist_name))
),

named as (
    select
        artists.*,
        coalesce(aliases.artist_key, name_key(artists.artist_name)) as artist_key
    from artists
    left join aliases on name_key(artists.artist_name) = aliases.alias_key
)

select
    named.captured_on as date,
    named.month,
    'spotify' as platform,
    named.artist_name as profile,
    'spotify' as source,
    named.account,
    named.followers,
    null::bigint as new_followers,
    null::bigint as lost_followers,
    null::bigint as listeners,
    null::bigint as monthly_listeners,
    null::bigint as viewers,
    false as is_partial,
    named._drop,
    named._file,
    named._row
from named
left join told
    on named.month = told.month
    and named.captured_on = told.date
    and named.artist_key = told.artist_key
where told.row_count is null
