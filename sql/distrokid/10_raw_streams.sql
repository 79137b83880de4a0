-- One row per point of a chart on DistroKid's Spotify stats page.
-- format: html
-- records: /makeChart\(\s*"(?P<chart>\w+)",/ dataProvider[]
-- partition: account, chart, month, date
-- fresh: 2d
--
-- The numbers are DistroKid's own estimates. The window rolls (365 days) and days are corrected
-- weeks later, so a newer page replaces the days it shows and older days stay. Data reaches two
-- days back from the capture, and the last day is still growing; a stalled page simply ends
-- earlier. Weekly buckets begin on Mondays, the first one on the first day of the window.
select
    chart,
    record->>'column-1' as streams,
    iso_date(record->>'category') as date,
    month_of(iso_date(record->>'category')) as month,
    case chart
        when 'trendWeekly' then iso_date(record->>'category') + 6
        when 'trendMonthly' then last_day(iso_date(record->>'category'))
        else iso_date(record->>'category')
    end >= _as_of::date - 2 as is_partial,
    case
        when iso_date(record->>'category') is null then 'category is not a day (YYYY-MM-DD)'
        when not is_count(record->>'column-1') then 'column-1 is not a whole number'
    end as reject_reason
from landing
