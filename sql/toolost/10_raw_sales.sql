-- One row per line of a TooLost sales report, as text.
-- format: csv
-- columns: [transaction_id], sale_date, [accounting_date], [reporting_date], [release_title],
--     [release_id], [track_title], [track_id], channel, [country], [isrc], [upc], units,
--     unit_price, [original_currency], [split_id], [share], [rev_fee]
-- file: (?P<report>\d{2}-\d{4})-\d+.*
-- file: (?P<report>.+?)(?:[_ ]\d{8}_\d{6}|\s*\(\d+\))*\.\w+(?:\.gz)?
-- partition: account, report, reporting_month
-- money: revenue
-- shrink: 0
-- max_rejects: 0
-- fresh: 45d
--
-- Only the names of the first eighteen columns are public (the vendor's help page on the report by
-- track); what follows rev_fee lands in _extra. The reporting month is that of reporting_date
-- (paid), and of the date before it in the life of a sale where that is missing.
-- A monthly report is called MM-YYYY-number.csv: made again, it has another number and replaces the
-- one before. Reports that name their transactions may share a month, as staging counts each
-- transaction once; of lines without a transaction_id the newest file of a month is that month.
select
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
    unit_price as revenue,
    original_currency,
    split_id,
    share,
    rev_fee,
    case when trimmed(transaction_id) is null then 'all' else report end as report,
    month_of(
        coalesce(iso_date(reporting_date), iso_date(accounting_date), iso_date(sale_date))
    ) as reporting_month,
    case
        when iso_date(sale_date) is null then 'sale_date is not a day (YYYY-MM-DD)'
        when trimmed(accounting_date) is not null and iso_date(accounting_date) is null
            then 'accounting_date is not a day (YYYY-MM-DD)'
        when trimmed(reporting_date) is not null and iso_date(reporting_date) is null
            then 'reporting_date is not a day (YYYY-MM-DD)'
        when trimmed(channel) is null then 'channel is empty'
        when not coalesce(regexp_full_match(trim(units), '-?\d{1,18}'), false)
            then 'units is not a whole number'
        when not is_money(unit_price) then 'unit_price is not a plain decimal number'
        when not is_percent_or_none(share) then 'share is not a percentage'
        when not is_percent_or_none(rev_fee) then 'rev_fee is not a percentage'
    end as reject_reason
from landing
