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

-- The ids of a list of artists in their order, as "id1, id2".
create macro ids_of(entities) as
    nullif(array_to_string(json_extract_string(entities, '$[*].id'), ', '), '');

-- A day of a campaign export: 3/6/26 UTC or 03/06/2026, perhaps with a time, which is UTC too.
create macro campaign_day(value) as
    case
        when regexp_full_match(
            trim(value),
            '\d{1,2}/\d{1,2}/(\d{2}|\d{4})(,? \d{1,2}:\d{2}(:\d{2})?( [AP]M)?)?( UTC)?'
        )
            then try_strptime(
                regexp_extract(trim(value), '^[\d/]+'), ['%m/%d/%y', '%m/%d/%Y']
            )::date
        when regexp_full_match(trim(value), '\d{4}-\d{2}-\d{2}( UTC)?')
            then iso_date(left(trim(value), 10))
    end;

-- An amount of a campaign export as plain decimal text: perhaps with a sign of its currency and
-- commas between thousands. NA is none.
create macro campaign_amount(value) as
    case
        when regexp_full_match(
            trim(value), '[$€£]?(\d{1,12}|\d{1,3}(,\d{3}){1,3})(\.\d{1,6}0*)?'
        )
            then replace(ltrim(trim(value), '$€£'), ',', '')
    end;
