-- One row per line of a TooLost sales report, typed, each transaction once.
-- partition: reporting_month
-- key: none
-- incremental: required
-- check: reporting_month is not null and sale_date is not null
-- check: revenue is not null
-- check warn: sale_date <= coalesce(reporting_date, sale_date)
--
-- transaction_id is one per royalty directed to somebody, so of several reports of a month that
-- hold it the newest counts. Within one report nothing is thrown away: a check tells of ids used
-- twice. unit_price is, in spite of its name, the gross revenue of all units of the line.
with sales as (
    select
        reporting_month,
        account,
        transaction_id,
        sale_date,
        accounting_date,
        reporting_date,
        release_title,
        release_id,
        track_title,
        track_id,
        channel,
        country,
        isrc,
        upc,
        units,
        revenue,
        original_currency,
        split_id,
        share,
        rev_fee,
        _drop,
        _file,
        _row
    from raw.toolost__sales
),

newest_of_transaction as (
    select *
    from sales
    qualify trimmed(transaction_id) is null
        or rank() over (
            partition by reporting_month, account, trimmed(transaction_id)
            order by _drop desc, _file desc
        ) = 1
)

select
    newest_of_transaction.reporting_month,
    newest_of_transaction.account,
    trimmed(newest_of_transaction.transaction_id) as transaction_id,
    trimmed(newest_of_transaction.split_id) as split_id,
    trimmed(newest_of_transaction.release_id) as release_id,
    trimmed(newest_of_transaction.track_id) as track_id,
    isrc_key(newest_of_transaction.isrc) as isrc,
    trimmed(newest_of_transaction.upc) as upc,
    trimmed(newest_of_transaction.release_title) as release_title,
    trimmed(newest_of_transaction.track_title) as track_title,
    trimmed(newest_of_transaction.channel) as channel,
    upper(trimmed(newest_of_transaction.country)) as country,
    upper(trimmed(newest_of_transaction.original_currency)) as currency,
    newest_of_transaction.units::bigint as units,
    newest_of_transaction.revenue::decimal(24, 12) as revenue,
    try_cast(percent_text(newest_of_transaction.share) as decimal(9, 6)) as share_pct,
    try_cast(percent_text(newest_of_transaction.rev_fee) as decimal(9, 6)) as rev_fee_pct,
    iso_date(newest_of_transaction.sale_date) as sale_date,
    iso_date(newest_of_transaction.accounting_date) as accounting_date,
    iso_date(newest_of_transaction.reporting_date) as reporting_date,
    newest_of_transaction._drop,
    newest_of_transaction._file,
    newest_of_transaction._row
from newest_of_transaction
