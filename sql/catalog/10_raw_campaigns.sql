-- One row per ad campaign whose name does not say, or says wrongly, what it is for.
-- format: csv
-- columns: campaign, [artist], [track], [targeting]
-- file: campaigns.*
-- partition: account
-- shrink: 100 %
-- max_rejects: 0
--
-- Edited by people; a changed file is the whole new list. campaign is its id or its name as the
-- platform writes it.
select
    campaign,
    artist,
    track,
    targeting,
    case
        when trimmed(campaign) is null then 'campaign is empty'
        when coalesce(trimmed(artist), trimmed(track), trimmed(targeting)) is null
            then 'neither artist nor track nor targeting is given'
    end as reject_reason
from landing
