-- Dates of TikTok Studio: day and month, no year, in the language of the interface. Each macro
-- names what is costly once: DuckDB writes a macro out at every mention, and nested ones multiply.

-- What names the month in a date, without accents: its first letters (May 28, 28 May, 30 de abril,
-- 1er janvier, 8. März), four where three are not enough (juin, juil; ιουν, ιουλ), the words of
-- Vietnamese (18 tháng Sáu), or 9月.
create macro month_key(value) as
    regexp_extract(
        strip_accents(lower(value)),
        'jui[nl]|ιου[νλ]|thang muoi (?:mot|hai)|thang [a-z]+|\d{1,2}月|[^\d\s.,]{3}'
    );

-- The number of the month that a date names, in English, Spanish, Portuguese, French, German,
-- Italian, Greek, Russian, Indonesian, Vietnamese or Japanese.
create macro month_number(value) as
    map {
        'jan': 1, 'ene': 1, 'gen': 1, 'ιαν': 1, 'янв': 1, 'thang mot': 1, '1月': 1,
        'feb': 2, 'fev': 2, 'φεβ': 2, 'фев': 2, 'thang hai': 2, '2月': 2,
        'mar': 3, 'mrz': 3, 'μαρ': 3, 'мар': 3, 'thang ba': 3, '3月': 3,
        'apr': 4, 'abr': 4, 'avr': 4, 'απρ': 4, 'апр': 4, 'thang tu': 4, '4月': 4,
        'may': 5, 'mai': 5, 'mag': 5, 'mei': 5, 'μαι': 5, 'мая': 5, 'маи': 5, 'thang nam': 5,
        '5月': 5,
        'jun': 6, 'juin': 6, 'giu': 6, 'ιουν': 6, 'июн': 6, 'thang sau': 6, '6月': 6,
        'jul': 7, 'juil': 7, 'lug': 7, 'ιουλ': 7, 'июл': 7, 'thang bay': 7, '7月': 7,
        'aug': 8, 'ago': 8, 'aou': 8, 'agu': 8, 'αυγ': 8, 'авг': 8, 'thang tam': 8, '8月': 8,
        'sep': 9, 'set': 9, 'σεπ': 9, 'сен': 9, 'thang chin': 9, '9月': 9,
        'oct': 10, 'okt': 10, 'out': 10, 'ott': 10, 'οκτ': 10, 'окт': 10, 'thang muoi': 10,
        '10月': 10,
        'nov': 11, 'νοε': 11, 'ноя': 11, 'thang muoi mot': 11, '11月': 11,
        'dec': 12, 'dez': 12, 'dic': 12, 'des': 12, 'δεκ': 12, 'дек': 12, 'thang muoi hai': 12,
        '12月': 12
    }[month_key(value)];

-- The end of an ISO date, such as -05-28. The day is the only number but for a Japanese month's: a
-- date with a year is none of these.
create macro month_and_day(value) as
    printf(
        '-%02d-%02d',
        month_number(value),
        try_cast(
            regexp_extract(
                regexp_replace(value, '\d{1,2}月', ''), '^\D*(\d{1,2})\D*$', 1
            ) as integer
        )
    );

-- The last such day up to a day, within a year, which has each day once: 29 February is of the year
-- that has one. NULL where the text is no day.
create macro day_until(value, last_day) as
    list_filter(
        list_transform(
            [year(last_day), year(last_day) - 1],
            lambda of_year: try_cast(of_year::varchar || month_and_day(value) as date)
        ),
        lambda day: day <= last_day and day > last_day - interval 1 year
    )[1];

-- The last day that a row of a Studio file can be of. Where the file's name says the window's first
-- day, a year from it; else the file's last row, a day or two before the capture. A window of 365
-- days begins on the day and month after that of its end, so counting back from the capture itself
-- would take its first row for the newest.
create macro window_end(first_day, last_row, captured) as
    coalesce(
        iso_date(first_day) + interval 1 year - interval 1 day,
        day_until(last_row, captured::date),
        captured
    )::date;

-- Whether a day was still growing when it was seen: an epoch in the file's name (where the first
-- day stands, too) is of the last day, a capture is a day or two after it.
create macro is_growing(day, first_day, captured) as
    day >= captured::date - case when first_day is null then 1 else 0 end;

-- The handle in a link to a video.
create macro handle_in(link) as nullif(regexp_extract(link, '/@([A-Za-z0-9._]+)', 1), '');

-- A count as TikTok writes it: "5,431"; undefined, NAN and -- are no value. Negative ones are
-- comments and followers taken back.
create macro studio_count(value) as
    case
        when not regexp_full_match(trim(value), '(?i)(undefined|nan|n/a|na|--?)?')
            then replace(trim(value), ',', '')
    end;

create macro is_studio_count(value) as
    coalesce(
        regexp_full_match(
            trim(value),
            '(?i)(undefined|nan|n/a|na|--?|-?\d{1,18}|-?\d{1,3}(,\d{3}){1,5})?'
        ),
        true
    );
