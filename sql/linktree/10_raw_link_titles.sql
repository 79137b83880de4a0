-- One row per member of an answer that names links, as text.
-- format: json
-- columns: id, title, active, [modifiers], [__typename]
-- records: data.{alias}
-- file: graphql_(?P<as_of>\d{8}_\d{6})_\d+\.json
-- refuse: currentUser, email, emailAddress, phoneNumber, wallet, analyticsChat
-- partition: account, link_id, month, captured_on
--
-- Titles do not stand in the analytics: they come in answers of their own, each link as a member
-- link<ID>, and not all links in one answer. Other members of such an answer have line_kind
-- 'other'.
select
    alias,
    case when regexp_full_match(alias, 'link\d+') then 'link' else 'other' end as line_kind,
    coalesce(record->>'id', '') as link_id,
    record->>'title' as title,
    record->>'active' as active,
    month_of(_as_of::date) as month,
    _as_of::date as captured_on,
    case
        when regexp_full_match(alias, 'link\d+') and trimmed(record->>'id') is null
            then 'id is empty'
        when regexp_full_match(alias, 'link\d+') and 'link' || trim(record->>'id') != alias
            then 'id is not that of the member'
        when regexp_full_match(alias, 'link\d+')
            and not coalesce(regexp_full_match(record->>'active', 'true|false'), false)
            then 'active is neither true nor false'
    end as reject_reason
from landing
