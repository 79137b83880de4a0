-- One row per account, list and month: how a list grew.
-- partition: month
-- key: month, account, list_id
-- incremental: required
--
-- Of a month, so nothing of it can be said of a day: feeds.audience takes none of it.
with growth as (
    select *
    from raw.mailchimp__growth_history
),

latest_of_month as (
    select *
    from growth
    qualify row_number() over (
        partition by month, account, list_id order by _drop desc, _file desc, _row desc
    ) = 1
)

select
    latest_of_month.account,
    latest_of_month.list_id,
    latest_of_month.month,
    known(latest_of_month.subscribed)::bigint as subscribed,
    known(latest_of_month.unsubscribed)::bigint as unsubscribed,
    known(latest_of_month.reconfirm)::bigint as reconfirmed,
    known(latest_of_month.cleaned)::bigint as cleaned,
    known(latest_of_month.pending)::bigint as pending,
    known(latest_of_month.deleted)::bigint as deleted,
    known(latest_of_month.transactional)::bigint as transactional,
    latest_of_month.captured_on,
    latest_of_month.is_partial,
    latest_of_month._drop,
    latest_of_month._file,
    latest_of_month._row
from latest_of_month
