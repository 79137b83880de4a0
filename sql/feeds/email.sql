-- One row per e-mail campaign and the day it was looked at: what it had gathered until then.
--
-- unique_opens leave out those that a mail program made on its own (privacy proxies) where the source
-- tells them apart, else they are NULL; all_unique_opens hold them. delivered is sent less bounces.
-- Rates are never stored: they are recomputed from the counts.
select
    null::date as captured_on,
    null::varchar as month,
    null::varchar as source,
    null::varchar as account,
    null::varchar as campaign_id,
    null::varchar as list_id,
    null::varchar as title,
    null::varchar as subject,
    null::timestamp as sent_at,
    null::bigint as sent,
    null::bigint as delivered,
    null::bigint as unique_opens,
    null::bigint as all_unique_opens,
    null::bigint as unique_clicks,
    null::bigint as unsubscribes,
    null::bigint as bounces,
    null::bigint as complaints,
    null::decimal(18, 6) as revenue,
    null::varchar as currency,
    null::varchar as _drop,
    null::varchar as _file,
    null::bigint as _row
where false
