-- One row per reporter, or reporter and platform, whose trust differs from the script's.
-- format: csv
-- columns: reporter, [platform], trust
-- file: trust.*
-- partition: account
-- shrink: 100 %
-- max_rejects: 0
--
-- Edited by people. Where two reporters know the same streams, the higher trust is believed.
select
    reporter,
    platform,
    trust,
    case
        when trimmed(reporter) is null then 'reporter is empty'
        when not is_count(trust) then 'trust is not a whole number'
    end as reject_reason
from landing
