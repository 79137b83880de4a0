-- One row per feed, source and account: how fresh its data is, how much of it is told, what disagrees.
-- column feed: Kind of data.
-- column source: Source of the data.
-- column account: Account of the data.
-- column first_date: First day the data is about.
-- column last_date: Newest day the data is about.
-- column last_whole_date: Newest day that is finished.
-- column days_behind: Days from last_date to today.
-- column usual_lag_days: Days the source is usually behind.
-- column late_from: First day on which newer data is overdue; NULL where nobody can tell.
-- column stale_from: First day on which it is overdue for more than 14 days; NULL likewise.
-- column is_late: late_from has come.
-- column is_stale: stale_from has come.
-- column filled_share: Filled values of the source in the feed by all it could fill, a fraction of 1.
-- column never_filled_columns: Columns of the feed that the source never fills.
-- column statements: Statements of the account that were compared with the distributor's total; of royalties.
-- column statements_that_differ: Those among them that differ, or whose lines are missing.
with coverage as (
    select
        feed,
        source,
        cast(sum(filled_count) as double precision) / nullif(cast(sum(row_count) as double precision), 0) as filled_share,
        count(*) filter (where not is_ever_filled) as never_filled_columns
    from curated.data_coverage
    group by feed, source
),

reconciled as (
    select
        source,
        account,
        count(*) filter (where verdict != 'no total to compare with') as statements,
        count(*) filter (where verdict in ('differs', 'statement missing')) as statements_that_differ
    from curated.statement_reconciliation
    group by source, account
)

select
    data_freshness.feed,
    data_freshness.source,
    data_freshness.account,
    data_freshness.first_date,
    data_freshness.last_date,
    data_freshness.last_whole_date,
    current_date - data_freshness.last_date as days_behind,
    data_freshness.usual_lag_days,
    data_freshness.late_from,
    data_freshness.stale_from,
    current_date >= data_freshness.late_from as is_late,
    current_date >= data_freshness.stale_from as is_stale,
    coverage.filled_share,
    coverage.never_filled_columns,
    reconciled.statements,
    reconciled.statements_that_differ
from curated.data_freshness
left join coverage
    on data_freshness.feed = coverage.feed
    and data_freshness.source = coverage.source
left join reconciled
    on data_freshness.feed = 'royalties'
    and data_freshness.source = reconciled.source
    and data_freshness.account = reconciled.account
