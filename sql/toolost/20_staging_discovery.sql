-- One row per account and month of Spotify's Discovery Mode: its streams and what it cost.
-- partition: month
-- key: month, account
-- check: streams >= 0
--
-- The streams are among those of the days, so they feed nothing. The portal names no currency.
with months as (
    select account, month, streams, fees, is_partial, _drop, _file, _row
    from raw.toolost__spotify
    where list = 'discovery'
)

select
    months.month,
    months.account,
    months.streams::bigint as streams,
    months.fees::decimal(24, 12) as fees,
    months.is_partial,
    months._drop,
    months._file,
    months._row
from months
