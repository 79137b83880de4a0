-- One row per post, video or page and the day it was looked at: what it had gathered until then.
--
-- The counts are totals since publication and grow from one captured_on to the next: differences of two
-- days are what happened between them, sums of days are nothing. NULL: not told.
select
    null::date as captured_on,
    null::varchar as month,
    null::varchar as platform,
    null::varchar as profile,
    null::varchar as source,
    null::varchar as account,
    null::varchar as content_id,
    null::varchar as content_type,
    null::varchar as title,
    null::varchar as url,
    null::timestamp as published_at,
    null::bigint as views,
    null::bigint as reach,
    null::bigint as likes,
    null::bigint as comments,
    null::bigint as shares,
    null::bigint as saves,
    null::decimal(18, 4) as watch_hours,
    null::varchar as _drop,
    null::varchar as _file,
    null::bigint as _row
where false
