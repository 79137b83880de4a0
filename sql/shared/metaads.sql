-- What Meta writes in its own way.

-- A number's text with a point and without separators. A comma followed by other than three digits at
-- the end is a decimal one.
create macro manager_digits(value) as
    case
        when regexp_full_match(regexp_replace(trim(value), '[\s\x{a0}\x{202f}]', '', 'g'), '-?[\d.]*\d,\d{1,2}')
            then replace(replace(regexp_replace(trim(value), '[\s\x{a0}\x{202f}]', '', 'g'), '.', ''), ',', '.')
        else replace(regexp_replace(trim(value), '[\s\x{a0}\x{202f}]', '', 'g'), ',', '')
    end;

-- An amount or count of an Ads Manager export: thousands by comma, space or no-break space, decimals
-- by point or comma; - is none; 3432.0 is how a workbook keeps 3432. A number that went through a
-- spreadsheet as 1.2E+17 has lost its digits and is unknown.
create macro manager_number(value) as
    case
        when regexp_full_match(trim(value), '-|') or value is null then null
        when regexp_full_match(manager_digits(value), '-?\d{1,15}(\.\d{1,12})?')
            then manager_digits(value)
    end;

create macro is_manager_number(value) as
    coalesce(regexp_full_match(trim(value), '-|'), true) or manager_number(value) is not null;

-- An id to the last digit, or nothing.
create macro whole_id(value) as
    case when regexp_full_match(trim(value), '\d{5,20}') then trim(value) end;

-- Decimals that a currency's minor unit stands for (ISO 4217).
create macro minor_digits(currency) as
    case
        when currency is null then null
        when regexp_full_match(currency, 'BIF|CLP|DJF|GNF|ISK|JPY|KMF|KRW|PYG|RWF|UGX|VND|VUV|XAF|XOF|XPF')
            then 0
        else 2
    end;
