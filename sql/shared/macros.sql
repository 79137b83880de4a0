-- What a value is, in one place. Raw scripts ask whether text can be what it claims,
-- staging turns it into that. None of these fails on bad text: they answer NULL or false.

-- Text without surrounding space; blank is NULL.
create macro trimmed(value) as nullif(trim(value), '');

-- As trimmed; the words that Spotify and others write for "no value" are NULL, never zero.
-- (A pattern, because a long `in` list becomes a join, which a raw script may not have.)
create macro known(value) as
    case when not regexp_full_match(trim(value), '(?i)(n/a|na|--?)?') then trim(value) end;

-- How names are compared: case, surrounding and repeated spaces do not matter.
create macro name_key(value) as
    nullif(lower(regexp_replace(trim(value), '\s+', ' ', 'g')), '');

-- An ISRC is compared without dashes, in capitals.
create macro isrc_key(value) as nullif(upper(replace(trim(value), '-', '')), '');

-- A day written YYYY-MM-DD.
create macro iso_date(value) as
    case
        when regexp_full_match(trim(value), '\d{4}-\d{2}-\d{2}')
            then try_strptime(trim(value), '%Y-%m-%d')::date
    end;

-- A month as 'YYYY-MM' from YYYY-MM or YYYYMM (a re-saved DistroKid file had 202211).
create macro iso_month(value) as
    case
        when regexp_full_match(trim(value), '\d{4}-?(0[1-9]|1[0-2])')
            then left(trim(value), 4) || '-' || right(trim(value), 2)
    end;

-- The month of a day, as every `month` column writes it.
create macro month_of(day) as strftime(day, '%Y-%m');

-- Plain decimal text that fits decimal(24,12) without loss: no exponent, no thousands separator.
create macro is_money(value) as
    coalesce(regexp_full_match(trim(value), '-?\d{1,12}(\.\d{1,12}0*)?'), false);

-- A whole number, not negative, that fits bigint.
create macro is_count(value) as coalesce(regexp_full_match(trim(value), '\d{1,18}'), false);

-- A count, or openly no value.
create macro is_count_or_unknown(value) as known(value) is null or is_count(value);

-- Whether a day may still be going on somewhere: the last time zone leaves it 36 hours after it
-- began in UTC.
create macro is_running(day, moment) as moment < day::timestamp + interval 36 hours;

-- How the data of curated.data_freshness stands on a day.
create macro freshness(day, late_from, stale_from) as
    case
        when day >= stale_from then 'stale'
        when day >= late_from then 'late'
        when day < late_from then 'fresh'
        else 'cannot tell'
    end;
