-- What the marts of money have in common.

-- A part of a whole, NULL when the whole is 0 or unknown. With 12 decimals, as money has: what is
-- further down is of the division in doubles, not of the data.
create macro ratio(part, whole) as (part::double / nullif(whole::double, 0))::decimal(38, 12);

-- Months from one month (YYYY-MM) to another.
create macro months_between(earlier, later) as
    date_diff('month', (earlier || '-01')::date, (later || '-01')::date);

-- The month (YYYY-MM) some months after another.
create macro month_after(month, months) as
    strftime((month || '-01')::date + to_months(months::integer), '%Y-%m');
