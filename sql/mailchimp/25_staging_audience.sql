-- One row per account, day of capture and list: who can be written to.
-- partition: month
-- key: none
-- incremental: required
-- feeds: audience
--
-- Who came and who left is told by the month only, so it is unknown of a day. Two lists of one name
-- are two rows.
with lists as (
    select *
    from staging.mailchimp__lists
    where members is not null
)

select
    lists.captured_on as date,
    lists.month,
    'mailchimp' as platform,
    coalesce(lists.list_name, lists.list_id) as profile,
    'mailchimp' as source,
    lists.account,
    lists.members as followers,
    null::bigint as new_followers,
    null::bigint as lost_followers,
    null::bigint as listeners,
    null::bigint as monthly_listeners,
    null::bigint as viewers,
    false as is_partial,
    lists._drop,
    lists._file,
    lists._row
from lists
