-- One row per drop and the run that first judged it.
-- records = accepted + rejects; accepted = winning + superseded + unchanged + held.
select
    run, logged_at, source, stream, account, drop_id, file, severity as outcome, code, message, next,
    records, accepted, rejects, winning, superseded, unchanged, held,
    money_in::decimal(38, 18) as money_in,
    money_accepted::decimal(38, 18) as money_accepted,
    money_rejected::decimal(38, 18) as money_rejected
from meta.journal
where kind = 'drop'
