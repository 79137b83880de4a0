-- One row per reporting month, source, account and column: in how many lines it is filled.
-- partition: year, reporting_month
-- key: year, reporting_month, source, account, column_name
-- incremental: required
-- check: filled_count between 0 and row_count
-- column year: Year (YYYY) of reporting_month.
-- column reporting_month: Month (YYYY-MM) in which the distributor booked the money.
-- column source: Distributor.
-- column account: Account at the distributor.
-- column column_name: Column of the feed royalties.
-- column row_count: Lines of the account.
-- column filled_count: Lines among them in which the column is not NULL.
--
-- Small, and built month by month. Streams, units and platforms are NULL where they mean nothing: a
-- low share of them is no fault.
with royalties as (
    select
        reporting_month,
        source,
        account,
        count(*) as row_count,
        [
            {'column_name': 'reporting_date', 'filled_count': count(reporting_date)},
            {'column_name': 'sale_month', 'filled_count': count(sale_month)},
            {'column_name': 'artist_name', 'filled_count': count(artist_name)},
            {'column_name': 'track_title', 'filled_count': count(track_title)},
            {'column_name': 'isrc', 'filled_count': count(isrc)},
            {'column_name': 'upc', 'filled_count': count(upc)},
            {'column_name': 'store', 'filled_count': count(store)},
            {'column_name': 'platform', 'filled_count': count(platform)},
            {'column_name': 'store_class', 'filled_count': count(store_class)},
            {'column_name': 'country', 'filled_count': count(country)},
            {'column_name': 'units', 'filled_count': count(units)},
            {'column_name': 'streams', 'filled_count': count(streams)},
            {'column_name': 'currency', 'filled_count': count(currency)},
            {'column_name': 'gross', 'filled_count': count(gross)},
            {'column_name': 'gross_usd', 'filled_count': count(gross_usd)}
        ] as counts
    from feeds.royalties
    group by reporting_month, source, account
),

columns as (
    select royalties.* exclude (counts), unnest(royalties.counts) as counted
    from royalties
)

select
    left(columns.reporting_month, 4) as year,
    columns.reporting_month,
    columns.source,
    columns.account,
    columns.counted.column_name,
    columns.row_count::bigint as row_count,
    columns.counted.filled_count::bigint as filled_count
from columns
