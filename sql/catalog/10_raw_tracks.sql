-- One row per recording of the label.
-- format: csv
-- columns: isrc, track, [artist], [release_date]
-- file: tracks.*
-- partition: account
-- shrink: 100 %
-- max_rejects: 0
--
-- Edited by people; a changed file is the whole new list.
select
    isrc,
    track,
    artist,
    release_date,
    case
        when not regexp_full_match(coalesce(isrc_key(isrc), ''), '[A-Z]{2}[A-Z0-9]{3}\d{7}')
            then 'isrc is not an ISRC'
        when trimmed(track) is null then 'track is empty'
        when trimmed(release_date) is not null and iso_date(release_date) is null
            then 'release_date is not a day (YYYY-MM-DD)'
    end as reject_reason
from landing
