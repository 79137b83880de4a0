-- Times as Mailchimp writes them.

-- A time of an API answer, in UTC: 2026-11-15T10:00:00+00:00.
create macro mail_time(value) as try_strptime(trim(value), '%Y-%m-%dT%H:%M:%S%z')::timestamp;

create macro is_mail_time_or_none(value) as
    trimmed(value) is null or mail_time(value) is not null;

-- A time of an export, of a time zone that it does not name: Jun 09, 2018 09:30 pm.
create macro mail_local_time(value) as try_strptime(known(value), '%b %d, %Y %I:%M %p');

-- An id to the last letter. One that looks like a number may come out of a spreadsheet as 1.76E+65.
create macro is_mail_id(value) as coalesce(regexp_full_match(value, '[0-9A-Za-z]{4,32}'), false);

create macro is_money_or_unknown(value) as known(value) is null or is_money(value);
