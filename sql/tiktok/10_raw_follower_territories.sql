-- One row per territory of the followers in TikTok Studio, as text.
-- format: csv
-- columns: Top territories, Distribution
-- file: Followers_\d{4}-\d{2}-\d{2}_(?P<as_of>\d{10})(?:_(?P<handle>[A-Za-z0-9._]+?))?(?: ?\(\d+\))?\.(?:zip|csv|xlsx)
-- file: Followers_(?P<handle>[A-Za-z0-9._]+?)(?: ?\(\d+\))?\.(?:zip|csv|xlsx)
-- identity: handle
-- empty: allowed
-- partition: account, month, captured_on
-- fresh: 30d
--
-- No day stands in it: it is of the day it was taken. Shares are fractions of 1.
select
    handle,
    "Top territories" as territory,
    "Distribution" as share,
    strftime(_as_of, '%Y-%m') as month,
    _as_of::date as captured_on,
    case
        when trimmed("Top territories") is null then 'Top territories is empty'
        when studio_count("Distribution") is not null
            and not coalesce(regexp_full_match(trim("Distribution"), '[01](\.\d+)?'), false)
            then 'Distribution is no share between 0 and 1'
    end as reject_reason
from landing
