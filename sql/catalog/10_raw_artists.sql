-- One row per alias: how a source writes an artist's name.
-- format: csv
-- columns: [source], alias, artist
-- file: artists.*
-- partition: account
-- shrink: 100 %
-- max_rejects: 0
--
-- Edited by people; a changed file is the whole new list. An empty source means every source.
select
    source,
    alias,
    artist,
    case
        when trimmed(alias) is null then 'alias is empty'
        when trimmed(artist) is null then 'artist is empty'
    end as reject_reason
from landing
