-- One row per profile and day: what people did there on that day.
--
-- Flows of one day, so days add up; reach is people and does not. Comments and likes may be negative:
-- taken back. NULL: not told.
select
    null::date as date,
    null::varchar as month,
    null::varchar as platform,
    null::varchar as profile,
    null::varchar as source,
    null::varchar as account,
    null::bigint as views,
    null::bigint as engaged_views,
    null::bigint as reach,
    null::bigint as profile_views,
    null::bigint as likes,
    null::bigint as comments,
    null::bigint as shares,
    null::bigint as saves,
    null::bigint as link_clicks,
    null::decimal(18, 4) as watch_hours,
    null::boolean as is_partial,
    null::varchar as _drop,
    null::varchar as _file,
    null::bigint as _row
where false
