-- One row per feed, source and account: how fresh its data is, how much of it is told, what disagrees.
-- column feed: Kind of data.
-- column source: Source of the data.
-- column account: Account of the data.
-- column first_date: First day the data is about.
-- column last_date: Newest day the data is about.
-- column last_whole_date: Newest day that is finished.
-- column days_behind: Days from last_date to the run's date.
-- column usual_lag_days: Days the source is usually behind.
-- column days_late: days_behind above usual_lag_days.
-- column verdict: fresh, late, stale or cannot tell.
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
    data_freshness.days_behind,
    data_freshness.usual_lag_days,
    data_freshness.days_late,
    data_freshness.verdict,
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
