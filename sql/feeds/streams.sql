-- One row per day, platform and reporter, for one artist or for a whole account.
--
-- The same stream is in several reports: nobody may sum over reporters (curated.streams_daily
-- chooses). artist_name NULL: the number is about everything the account distributes, and accounts
-- add up; with an artist it is all of that artist on the platform, through whichever login it was
-- seen. A higher trust is believed first; catalog/trust.csv overrides it.
select
    null::date as date,
    null::varchar as month,
    null::varchar as platform,
    null::varchar as artist_name,
    null::varchar as source,
    null::varchar as account,
    null::varchar as reporter,
    null::bigint as trust,
    null::bigint as streams,
    null::boolean as is_partial,
    null::varchar as _drop,
    null::varchar as _file,
    null::bigint as _row
where false
