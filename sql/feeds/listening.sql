-- One row per platform, artist and day: how people listened, by whoever tells streams and people.
--
-- streams here are a numerator only: streams_daily says how many there were. listeners are people
-- of that day; of several days they are listener-days, not people. NULL: not told.
select
    null::date as date,
    null::varchar as month,
    null::varchar as platform,
    null::varchar as artist_name,
    null::varchar as source,
    null::varchar as account,
    null::bigint as streams,
    null::bigint as listeners,
    null::bigint as saves,
    null::bigint as playlist_adds,
    null::boolean as is_partial,
    null::varchar as _drop,
    null::varchar as _file,
    null::bigint as _row
where false
