-- One row per day of one metric in a Meta Business Suite export, as text.
-- format: csv
-- columns: Date, Primary
-- preamble: "?(?P<title>[^"=,;]+)"?[,;]*
-- partition: account, metric, month, date
-- fresh: 4d
--
-- UTF-16, and sep=, on the first line. The line above the header is the only one to say which
-- metric it is; profile and platform stand nowhere. A day begins an hour late while the clocks are
-- forward.
select
    title,
    "Date" as day,
    "Primary" as value,
    replace(lower(regexp_replace(trim(title), '(?i)^instagram\s+', '')), ' ', '_') as metric,
    iso_date(left("Date", 10)) as date,
    month_of(iso_date(left("Date", 10))) as month,
    is_settling(iso_date(left("Date", 10)), _as_of) as is_partial,
    case
        when trimmed(title) is null then 'no title says which metric it is'
        when regexp_matches(title, '(?i)^facebook') then 'the metric is of a Facebook page'
        when iso_date(left("Date", 10)) is null
            or not regexp_full_match(trim("Date"), '[-\d]{10}(T0[01]:00:00)?')
            then 'Date is not the beginning of a day (YYYY-MM-DDT00:00:00)'
        when not is_whole_or_unknown("Primary") then 'Primary is not a whole number'
    end as reject_reason
from landing
