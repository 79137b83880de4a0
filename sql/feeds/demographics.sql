-- One row per profile, day of capture, dimension and value: how an audience is made up.
--
-- dimension: country, city, gender, age, age_gender, device, referrer, hour; of streams also
-- stream_source, completion and connection. audience: who is counted:
-- followers, viewers, listeners, streams, visits, clicks. time_window: what the source says it looked
-- at, such as lifetime, last_365_days, this_month.
-- share: a fraction of 1 as the source says it, quantity: a count; a source has one of them or both.
select
    null::date as captured_on,
    null::varchar as month,
    null::varchar as platform,
    null::varchar as profile,
    null::varchar as source,
    null::varchar as account,
    null::varchar as audience,
    null::varchar as time_window,
    null::varchar as dimension,
    null::varchar as value,
    null::decimal(9, 6) as share,
    null::bigint as quantity,
    null::varchar as _drop,
    null::varchar as _file,
    null::bigint as _row
where false
