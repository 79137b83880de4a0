-- One row per entry of a list in TooLost's answer about Apple Music, and one for its grand total.
-- format: json
-- columns: [date], [streams], [isrc], [track], [release], [cover], [country]
-- records: {list=totalStreams,totalShazam,tracksTotal,countryTotal}[] & {list=streamTotal}
--     | data.{list=totalStreams,totalShazam,tracksTotal,countryTotal}[] & data.{list=streamTotal}
-- captured: timestamp
-- partition: account, list, month, date
-- fresh: 4d
--
-- Streams are numbers and Shazams, also called streams, are text. Days without a stream are left
-- out, days come in no order, and they reach four days back. Tracks, countries and the grand total
-- are pictures of the current calendar year and belong to the day they were taken.
select
    list,
    case list when 'streamTotal' then record->>'$' else record->>'streams' end as streams,
    record->>'isrc' as isrc,
    record->>'track' as track,
    record->>'release' as release,
    record->>'cover' as cover,
    record->>'country' as country,
    case
        when regexp_full_match(list, 'totalStreams|totalShazam') then iso_date(record->>'date')
        else _as_of::date
    end as date,
    month_of(
        case
            when regexp_full_match(list, 'totalStreams|totalShazam') then iso_date(record->>'date')
            else _as_of::date
        end
    ) as month,
    case
        when regexp_full_match(list, 'totalStreams|totalShazam')
            then iso_date(record->>'date') > _as_of::date - 4
        else false
    end as is_partial,
    case
        when regexp_full_match(list, 'totalStreams|totalShazam')
            and iso_date(record->>'date') is null
            then 'date is not a day (YYYY-MM-DD)'
        when regexp_full_match(list, 'totalStreams|totalShazam')
            and iso_date(record->>'date') > _as_of::date
            then 'date is after the day of capture'
        when list = 'countryTotal' and trimmed(record->>'country') is null then 'country is empty'
        when list = 'tracksTotal'
            and trimmed(record->>'isrc') is null
            and trimmed(record->>'track') is null
            then 'neither isrc nor track says which recording it is'
        when not is_count(
            case list when 'streamTotal' then record->>'$' else record->>'streams' end
        ) then 'streams is not a whole number'
    end as reject_reason
from landing
