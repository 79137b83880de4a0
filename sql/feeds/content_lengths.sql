-- One row per post that lasts and the day it was looked at: how long it is.
--
-- A live stream has no length while it runs: no row. Seconds are whole ones, as sources tell them.
select
    null::date as captured_on,
    null::varchar as month,
    null::varchar as platform,
    null::varchar as source,
    null::varchar as account,
    null::varchar as content_id,
    null::bigint as seconds,
    null::varchar as _drop,
    null::varchar as _file,
    null::bigint as _row
where false
