-- Dates of TikTok Studio: day and month, no year, in the language of the interface.

-- The word of a date: May 28, 28 May, 30 de abril, 1er janvier, 8. März.
create macro month_word(value) as
    strip_accents(lower(regexp_extract(trim(value), '[^\d\s.,]{3,}')));

-- The number of the month that a date names, in English, Spanish, Portuguese, French, German,
-- Italian, Greek, Russian or Indonesian; beginnings decide, without accents.
create macro month_number(value) as
    case
        when regexp_full_match(trim(value), '\d{1,2}月\d{1,2}日')
            then regexp_extract(value, '(\d{1,2})月', 1)::bigint
        when regexp_matches(month_word(value), '^(jan|ene|gen|ιαν|янв)') then 1
        when regexp_matches(month_word(value), '^(feb|fev|φεβ|фев)') then 2
        when regexp_matches(month_word(value), '^(mar|μαρ)|^мар') then 3
        when regexp_matches(month_word(value), '^(apr|abr|avr|απρ|апр)') then 4
        when regexp_matches(month_word(value), '^(may|mai|mag|mei|μαι|мая|маи)') then 5
        when regexp_matches(month_word(value), '^(jun|juin|giu|ιουν|июн)') then 6
        when regexp_matches(month_word(value), '^(jul|juil|lug|ιουλ|июл)') then 7
        when regexp_matches(month_word(value), '^(aug|ago|aou|agu|αυγ|авг)') then 8
        when regexp_matches(month_word(value), '^(sep|set|σεπ|сен)') then 9
        when regexp_matches(month_word(value), '^(oct|okt|out|ott|οκτ|окт)') then 10
        when regexp_matches(month_word(value), '^(nov|νοε|ноя)') then 11
        when regexp_matches(month_word(value), '^(dec|dez|dic|des|δεκ|дек)') then 12
    end;

-- A day of some year: NULL where that year has none, such as 29 February, or the text is none.
create macro day_of_year(value, in_year) as
    try_cast(
        printf(
            '%04d-%02d-%02d',
            in_year::bigint,
            month_number(value),
            coalesce(
                try_cast(regexp_extract(value, '月(\d{1,2})日', 1) as bigint),
                try_cast(regexp_extract(value, '(\d{1,2})', 1) as bigint)
            )
        ) as date
    );

-- The first such day from a day on, within a year. A window is never longer.
create macro day_from(value, first_day) as
    case
        when day_of_year(value, year(first_day)) >= first_day
            then day_of_year(value, year(first_day))
        when day_of_year(value, year(first_day) + 1) < first_day + 366
            then day_of_year(value, year(first_day) + 1)
    end;

-- The last such day up to a day, within a year.
create macro day_until(value, last_day) as
    case
        when day_of_year(value, year(last_day)) <= last_day
            then day_of_year(value, year(last_day))
        when day_of_year(value, year(last_day) - 1) > last_day - 366
            then day_of_year(value, year(last_day) - 1)
    end;

-- The day of a Studio row: counted from the window's first day where the file's name says it, else
-- back from the capture.
create macro studio_day(value, first_day, captured) as
    case
        when iso_date(first_day) is not null then day_from(value, iso_date(first_day))
        else day_until(value, captured::date)
    end;

-- A count as TikTok writes it: "5,431"; undefined, NAN and -- are no value. Negative ones are
-- comments and followers taken back.
create macro studio_count(value) as
    case
        when not regexp_full_match(trim(value), '(?i)(undefined|nan|n/a|na|--?)?')
            then replace(trim(value), ',', '')
    end;

create macro is_studio_count(value) as
    studio_count(value) is null
    or coalesce(regexp_full_match(studio_count(value), '-?\d{1,18}'), false);
