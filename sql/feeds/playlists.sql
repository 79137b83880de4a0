-- One row per picture of a playlist: what it brought an artist, or one song, in the window looked at.
--
-- time_window: what the source looked at until captured_on, such as 28day. Windows overlap: nobody may
-- add them up. Listeners are people and add up over nothing. track_title: NULL for all of the artist.
-- A playlist without an id is told by its title and author only.
select
    null::date as captured_on,
    null::varchar as month,
    null::varchar as platform,
    null::varchar as source,
    null::varchar as account,
    null::varchar as time_window,
    null::varchar as artist_name,
    null::varchar as track_title,
    null::varchar as playlist_title,
    null::varchar as author,
    null::bigint as streams,
    null::bigint as listeners,
    null::date as date_added,
    null::varchar as _drop,
    null::varchar as _file,
    null::bigint as _row
where false
