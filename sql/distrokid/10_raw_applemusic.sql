-- One row per point of a chart on DistroKid's Apple Music stats page.
-- format: html
-- records: /var\s+chartData\s*=/ {chart}.dataProvider[]
-- partition: account, chart, month, date
-- fresh: 2d
--
-- Only last365days is a series of days: its rows belong to the day they are about, and a newer
-- page replaces the days it shows. The other thirteen charts are pictures of "the last year" and
-- belong to the day they were taken. Data reaches back to yesterday, which is still growing.
select
    chart,
    record->>'field' as field,
    record->>'value' as value,
    record->>'id' as id,
    case chart when 'last365days' then iso_date(record->>'field') else _as_of::date end as date,
    month_of(
        case chart when 'last365days' then iso_date(record->>'field') else _as_of::date end
    ) as month,
    chart = 'last365days' and iso_date(record->>'field') >= _as_of::date - 1 as is_partial,
    case
        when chart = 'last365days' and iso_date(record->>'field') is null
            then 'field is not a day (YYYY-MM-DD)'
        when trimmed(record->>'field') is null then 'field is empty'
        when not is_count(record->>'value') then 'value is not a whole number'
    end as reject_reason
from landing
