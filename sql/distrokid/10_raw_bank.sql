-- One row per line of a DistroKid bank-details export, as text.
-- format: csv
-- columns: Reporting Date, Sale Month, Store, Artist, Title, ISRC, UPC, Quantity,
--     Song/Album | Source Type, Country of Sale, Earnings (USD), [Team Percentage],
--     [Songwriter Royalties Withheld (USD) | Songwriter Royalties Withheld], [Recoup (USD)],
--     [Date Inserted]
-- partition: account, reporting_month
-- money: earnings_usd
-- shrink: 0
-- max_rejects: 0
-- fresh: 45d
--
-- Lines have no natural key: identical lines are separate payments. Every download repeats the
-- whole history, so the newest download of a reporting month is that month.
-- Three versions of the header are known: 13 columns as TSV (until mid-2025, often with bare CR
-- line ends), 15 columns as a quoted results.csv, and 15 columns that still say Song/Album.
select
    "Reporting Date" as reporting_date,
    "Sale Month" as sale_month,
    "Store" as store,
    "Artist" as artist,
    "Title" as title,
    "ISRC" as isrc,
    "UPC" as upc,
    "Quantity" as quantity,
    "Team Percentage" as team_percentage,
    "Song/Album" as source_type,
    "Country of Sale" as country_of_sale,
    "Songwriter Royalties Withheld (USD)" as songwriter_royalties_withheld_usd,
    "Earnings (USD)" as earnings_usd,
    "Recoup (USD)" as recoup_usd,
    "Date Inserted" as date_inserted,
    month_of(iso_date("Reporting Date")) as reporting_month,
    case
        when iso_date("Reporting Date") is null then 'Reporting Date is not a day (YYYY-MM-DD)'
        when iso_month("Sale Month") is null then 'Sale Month is not a month (YYYY-MM)'
        when trimmed("Store") is null then 'Store is empty'
        when not is_count("Quantity") then 'Quantity is not a whole number'
        when not is_money("Earnings (USD)") then 'Earnings (USD) is not a plain decimal number'
    end as reject_reason
from landing
