-- One row per feed, source and column of the feed: the share of its rows in which it is filled.
-- key: feed, source, column_name
-- check: filled_count between 0 and row_count
-- check: filled_share between 0 and 1
-- export: yes
-- column feed: Feed, a kind of data every source may report.
-- column source: Source of the rows.
-- column column_name: Column of the feed.
-- column row_count: Rows of the source in the feed, over all time.
-- column filled_count: Rows among them in which the column is not NULL.
-- column filled_share: filled_count as a share of row_count, rounded to 6 decimals.
-- column is_ever_filled: At least one row has a value.
-- column source_column_count: Columns of the feed.
-- column source_filled_count: Columns of the feed that the source has ever filled.
-- column source_share: source_filled_count as a share of source_column_count, to 6 decimals.
--
-- What a source never tells nobody can ask it. Not every gap is a fault: some columns mean nothing
-- for some rows.
with column_years as (
    select feed, source, column_name, row_count, filled_count
    from curated.column_years
),

totals as (
    select
        feed,
        source,
        column_name,
        sum(row_count)::bigint as row_count,
        sum(filled_count)::bigint as filled_count
    from column_years
    group by feed, source, column_name
),

counted as (
    select
        *,
        count(*) over (partition by feed, source) as source_column_count,
        count(*) filter (where filled_count > 0) over (partition by feed, source)
            as source_filled_count
    from totals
)

select
    counted.feed,
    counted.source,
    counted.column_name,
    counted.row_count,
    counted.filled_count,
    (counted.filled_count::double / counted.row_count)::decimal(9, 6) as filled_share,
    counted.filled_count > 0 as is_ever_filled,
    counted.source_column_count,
    counted.source_filled_count,
    (counted.source_filled_count::double / counted.source_column_count)::decimal(9, 6)
        as source_share
from counted
