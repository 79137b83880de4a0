-- What Meta writes of Instagram in its own way.

-- A whole number, or openly no value; negative where something was taken back.
create macro is_whole_or_unknown(value) as
    value is null or regexp_full_match(trim(value), '(?i)(n/a|na|--?|-?\d{1,18})?');

-- The id of a profile or a post, out of an insight's: 17841405309211844/insights/reach/day.
create macro insight_of(id) as
    case
        when regexp_full_match(id, '\d{1,20}/insights/.+') then regexp_extract(id, '^(\d+)/', 1)
    end;

-- An instant, in UTC: 2026-11-20T08:00:00+0000, with an offset that has no colon.
create macro graph_time(value) as try_strptime(value, '%Y-%m-%dT%H:%M:%S%z')::timestamp;

-- The day that ends at an instant: twelve hours before, it is that day in UTC, too, for midnights
-- of any zone from eleven hours behind to twelve ahead.
create macro day_ending(value) as (graph_time(value) - interval 12 hours)::date;

-- Whether a day's numbers may still change: it is over everywhere 36 hours after it began in UTC,
-- and they come up to 48 hours late.
create macro is_settling(day, moment) as moment < day::timestamp + interval 84 hours;

-- The texts of a JSON list; none for what is no list.
create macro texts_of(list) as coalesce(from_json(list, '["varchar"]'), []::varchar[]);

-- What names a post in its address, whichever kind of post the address says it is.
create macro shortcode_of(url) as
    nullif(regexp_extract(url, 'instagram\.com/(?:[^/]+/)?(?:p|reels?|tv)/([^/?#]+)', 1), '');

-- Genders, as everybody else calls them.
create macro gender_of(value) as
    case
        when regexp_full_match(lower(trim(value)), 'f|female|women') then 'female'
        when regexp_full_match(lower(trim(value)), 'm|male|men') then 'male'
        when regexp_full_match(lower(trim(value)), 'u|unknown') then 'unknown'
        else lower(nullif(trim(value), ''))
    end;

-- A share written 4.2% as a fraction of 1.
create macro is_percentage(value) as
    coalesce(regexp_full_match(trim(value), '\d{1,3}(\.\d{1,4})?\s?%'), false);

create macro fraction_of(value) as
    case
        when is_percentage(value)
            then (rtrim(trim(value), ' %')::decimal(7, 4) * 0.01)::decimal(9, 6)
    end;
