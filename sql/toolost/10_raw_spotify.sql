-- One row per day of streams, or month of Discovery Mode, in TooLost's answer about Spotify.
-- format: json
-- columns: date, streams, [fees]
-- records: {list=streams,discovery}[] | data.{list=streams,discovery}[]
-- captured: timestamp
-- partition: account, list, month, date
-- fresh: 2d
--
-- Counts are text and the days come in no order. The portal answers for the current calendar year
-- only: on the first of January it forgets the year before, and the days landed until then stay,
-- since a newer answer replaces only the days it spans. Nothing in it says whose account it is of.
-- Streams reach two days back; anything nearer is taken as unfinished.
select
    list,
    record->>'streams' as streams,
    record->>'fees' as fees,
    iso_date(record->>'date') as date,
    month_of(iso_date(record->>'date')) as month,
    case list
        when 'discovery' then last_day(iso_date(record->>'date'))
        else iso_date(record->>'date')
    end > _as_of::date - 2 as is_partial,
    case
        when iso_date(record->>'date') is null then 'date is not a day (YYYY-MM-DD)'
        when iso_date(record->>'date') > _as_of::date then 'date is after the day of capture'
        when list = 'discovery' and day(iso_date(record->>'date')) != 1
            then 'date of a Discovery Mode month is not its first day'
        when not is_count(record->>'streams') then 'streams is not a whole number'
        when list = 'discovery' and not is_money(record->>'fees')
            then 'fees is not a plain decimal number'
    end as reject_reason
from landing
