-- Percentages of a statement: 70, 12.5 or 70 %.

-- A percentage without its sign, if it is a plain number.
create macro percent_text(value) as
    case
        when regexp_full_match(trim(value), '\d{1,3}(\.\d{1,6}0*)?\s*%?')
            then trim(rtrim(trim(value), '%'))
    end;

-- A percentage between 0 and 100, or openly none.
create macro is_percent_or_none(value) as
    trimmed(value) is null
    or coalesce(try_cast(percent_text(value) as decimal(18, 6)) between 0 and 100, false);
