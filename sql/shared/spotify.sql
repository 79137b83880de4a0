-- Numbers and dates as Spotify's pages and Web API write them.

-- A number without the commas between its thousands.
create macro ungrouped(value) as
    case
        when regexp_full_match(trim(value), '\d{1,3}(,\d{3})+') then replace(trim(value), ',', '')
        else value
    end;

-- A date as precise as it says it is: a year, a month or a day.
create macro is_release_date(value, exactness) as
    case exactness
        when 'day' then iso_date(value) is not null
        when 'month' then coalesce(regexp_full_match(value, '\d{4}-(0[1-9]|1[0-2])'), false)
        when 'year' then coalesce(regexp_full_match(value, '\d{4}'), false)
        else false
    end;
