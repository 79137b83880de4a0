-- One row per link page and day: who came and who clicked.
--
-- Views and clicks of days add up, unique ones do not. A visit may click several times, so clicks can
-- exceed views. A rate is clicks by views and is computed by whoever shows it.
select
    null::date as date,
    null::varchar as month,
    null::varchar as platform,
    null::varchar as source,
    null::varchar as account,
    null::varchar as link_id,
    null::varchar as link_title,
    null::bigint as views,
    null::bigint as unique_views,
    null::bigint as clicks,
    null::bigint as unique_clicks,
    null::boolean as is_partial,
    null::varchar as _drop,
    null::varchar as _file,
    null::bigint as _row
where false
