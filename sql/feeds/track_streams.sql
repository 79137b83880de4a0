-- One row per recording or song title and day, or picture of a window: its streams on a platform.
--
-- time_window: 'day' for the streams of the date itself, else what the source looked at until then, such
-- as 28day or all. Windows overlap, hold their days, and are part of the artist's number in feeds.streams:
-- nobody may add them to each other or to that. isrc, artist_name: NULL when the source does not say.
-- listeners and saves are people of the window and add up over nothing.
select
    null::date as date,
    null::varchar as month,
    null::varchar as platform,
    null::varchar as source,
    null::varchar as account,
    null::varchar as time_window,
    null::varchar as isrc,
    null::varchar as artist_name,
    null::varchar as track_title,
    null::bigint as streams,
    null::bigint as listeners,
    null::bigint as saves,
    null::boolean as is_partial,
    null::varchar as _drop,
    null::varchar as _file,
    null::bigint as _row
where false
