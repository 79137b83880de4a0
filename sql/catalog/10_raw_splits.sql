-- One row per share of the owner in the money of a recording, or of an artist, from a month on.
-- format: csv
-- columns: [isrc], [artist], [from_month], owner_share
-- file: splits.*
-- partition: account
-- shrink: 100 %
-- max_rejects: 0
--
-- Edited by people; a changed file is the whole new list. A line with an ISRC speaks of that
-- recording only; a line with only an artist speaks of everything else of that artist. An empty
-- from_month means since ever.
select
    isrc,
    artist,
    from_month,
    owner_share,
    case
        when isrc_key(isrc) is null and trimmed(artist) is null
            then 'neither isrc nor artist is given'
        when trimmed(from_month) is not null and iso_month(from_month) is null
            then 'from_month is not a month (YYYY-MM)'
        when not coalesce(regexp_full_match(trim(owner_share), '0(\.\d{1,6})?|1(\.0{1,6})?'), false)
            then 'owner_share is not a share between 0 and 1'
    end as reject_reason
from landing
