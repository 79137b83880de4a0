-- One row per account whose newest overviews tell of no day at all.
-- severity: warn
--
-- Such a capture takes nothing away, and the day of capture makes it look fresh: somebody must see
-- that no days come any more. The next capture with days settles it.
with totals as (
    select account, captured_on, answer, days
    from staging.linktree__totals
    where total_of = 'overview'
),

newest as (
    select *
    from totals
    qualify captured_on = max(captured_on) over (partition by account)
)

select
    newest.account,
    newest.captured_on,
    count(*) as answers
from newest
group by newest.account, newest.captured_on
having max(newest.days) is null
order by newest.account, newest.captured_on
