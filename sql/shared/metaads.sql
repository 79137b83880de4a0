-- What Meta writes in its own way.

-- A number without the spaces that part its thousands, no-break ones among them.
create macro manager_digits(value) as regexp_replace(value, '[\s\x{a0}\x{202f}]+', '', 'g');

create macro manager_decimal(digits) as
    case
        when regexp_full_match(digits, '-?[\d.]*\d,(\d{1,2}|\d{4,17})')
            then replace(replace(digits, '.', ''), ',', '.')
        when regexp_full_match(digits, '-?[\d,]*\d(\.\d{1,17})?') then replace(digits, ',', '')
    end;

-- An amount of an Ads Manager export: thousands by comma, point or space, decimals by point or
-- comma; a comma and three digits at the end are thousands. A number that went through a
-- spreadsheet as 1.2E+17 has lost its digits and is unknown, and so is -.
create macro manager_amount(value) as
    try_cast(manager_decimal(manager_digits(value)) as decimal(18, 6));

-- A count has no decimals, so that a point and three digits are thousands, too; 3432.0 is how a
-- workbook keeps 3432.
create macro manager_count(value) as
    case
        when regexp_full_match(manager_digits(value), '\d{1,15}(\.0)?|\d{1,3}([,.]\d{3})+')
            then replace(
                replace(regexp_replace(manager_digits(value), '\.0$', ''), ',', ''), '.', ''
            )::bigint
    end;

create macro is_manager_amount(value) as known(value) is null or manager_amount(value) is not null;

create macro is_manager_count(value) as known(value) is null or manager_count(value) is not null;

-- The day that a line of insights is kept by: its own, or, of a window, that of the capture.
create macro insights_date(record, moment) as
    case
        when (record->>'date_start') = (record->>'date_stop') then iso_date(record->>'date_start')
        else moment::date
    end;

-- An id to the last digit, or nothing.
create macro whole_id(value) as
    case when regexp_full_match(trim(value), '\d{5,20}') then trim(value) end;

-- Decimals that a currency's minor unit stands for (ISO 4217).
create macro minor_digits(currency) as
    case
        when currency is null then null
        when regexp_full_match(
            currency, 'BIF|CLP|DJF|GNF|ISK|JPY|KMF|KRW|PYG|RWF|UGX|VND|VUV|XAF|XOF|XPF'
        )
            then 0
        else 2
    end;

-- What an amount in minor units is in the currency itself.
create macro major_units(value, currency) as
    (
        try_cast(value as decimal(18, 2))
        * case minor_digits(currency) when 0 then 1.00 when 2 then 0.01 end
    )::decimal(18, 2);
