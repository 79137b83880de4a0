-- One row per link page, day of capture and link: what the page says of its last days.
--
-- time_window: what the source says it looked at, such as last_90_days. Windows overlap: nobody may
-- add two days of capture. link_title: as it stood that day. NULL: not told.
select
    null::date as captured_on,
    null::varchar as month,
    null::varchar as platform,
    null::varchar as source,
    null::varchar as account,
    null::varchar as time_window,
    null::varchar as link_id,
    null::varchar as link_title,
    null::bigint as views,
    null::bigint as clicks,
    null::varchar as _drop,
    null::varchar as _file,
    null::bigint as _row
where false
