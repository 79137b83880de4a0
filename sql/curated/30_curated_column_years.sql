-- One row per year, feed, source, account and column: in how many rows it is filled.
-- partition: year
-- key: year, feed, source, account, column_name
-- incremental: required
-- check: filled_count between 0 and row_count
-- column year: Year (YYYY) of the data; of royalties that of the booking.
-- column feed: Feed the rows came by.
-- column source: Source of the rows.
-- column account: Account of the rows.
-- column column_name: Column of the feed.
-- column row_count: Rows of the account in the feed.
-- column filled_count: Rows among them in which the column is not NULL.
-- column first_date: First day the rows are about; of royalties the first of a reporting month.
-- column last_date: Last day the rows are about; of royalties the last of a reporting month.
-- column last_whole_date: Last day that is finished; NULL when none is.
--
-- Small, and built year by year: what asks about a source as a whole reads this.
with feed_columns as (
    select
        year,
        feed,
        source,
        account,
        column_name,
        row_count,
        filled_count,
        first_date,
        last_date,
        last_whole_date
    from curated.feed_columns
),

royalty_columns as (
    select
        year,
        'royalties' as feed,
        source,
        account,
        column_name,
        row_count,
        filled_count,
        (reporting_month || '-01')::date as first_date,
        last_day((reporting_month || '-01')::date) as last_date,
        last_day((reporting_month || '-01')::date) as last_whole_date
    from curated.royalty_columns
),

every_feed as (
    select * from feed_columns

    union all

    select * from royalty_columns
)

select
    every_feed.year,
    every_feed.feed,
    every_feed.source,
    every_feed.account,
    every_feed.column_name,
    sum(every_feed.row_count)::bigint as row_count,
    sum(every_feed.filled_count)::bigint as filled_count,
    min(every_feed.first_date) as first_date,
    max(every_feed.last_date) as last_date,
    max(every_feed.last_whole_date) as last_whole_date
from every_feed
group by
    every_feed.year,
    every_feed.feed,
    every_feed.source,
    every_feed.account,
    every_feed.column_name
