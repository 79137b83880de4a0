-- One row per profile and day: who follows, listens and watches.
--
-- profile: the handle, artist or channel as the platform writes it; NULL when a file does not say.
-- followers, monthly_listeners: levels at the end of the day. listeners, viewers: people of that day;
-- people of two days do not add up. A number that a source does not have is NULL.
select
    null::date as date,
    null::varchar as month,
    null::varchar as platform,
    null::varchar as profile,
    null::varchar as source,
    null::varchar as account,
    null::bigint as followers,
    null::bigint as new_followers,
    null::bigint as lost_followers,
    null::bigint as listeners,
    null::bigint as monthly_listeners,
    null::bigint as viewers,
    null::boolean as is_partial,
    null::varchar as _drop,
    null::varchar as _file,
    null::bigint as _row
where false
