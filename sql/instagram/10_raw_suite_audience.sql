-- One row per age, city or country in a Meta Business Suite audience export, as text.
-- format: csv
-- columns: Age | Age & gender, Women, Men, [Top cities], [Top countries], [Value]
-- records: {title}[]
-- partition: account, month, captured_on
-- fresh: 30d
--
-- Several tables one below the other in one file, UTF-16. No day stands in it: it is of the day it
-- was taken. Values are percentages.
select
    title,
    "Age" as age,
    "Top cities" as city,
    "Top countries" as country,
    "Women" as women,
    "Men" as men,
    "Value" as value,
    _as_of::date as captured_on,
    month_of(_as_of::date) as month,
    case
        when coalesce(trimmed("Age"), trimmed("Top cities"), trimmed("Top countries")) is null
            then 'it names no age, city or country'
        when known("Women") is not null and not is_percentage("Women")
            then 'Women is no percentage'
        when known("Men") is not null and not is_percentage("Men") then 'Men is no percentage'
        when known("Value") is not null and not is_percentage("Value")
            then 'Value is no percentage'
    end as reject_reason
from landing
