-- One row per goal: a metric of an artist, or of the whole label, and what it is to reach by when.
-- format: csv
-- columns: metric, [artist], target, due_month
-- file: goals.*
-- partition: account
-- shrink: 100 %
-- max_rejects: 0
--
-- Edited by people; a changed file is the whole new list. An empty artist means the whole label.
select
    metric,
    artist,
    target,
    due_month,
    case
        when not coalesce(
            regexp_full_match(
                lower(trim(metric)),
                'streams|revenue_usd|spotify_monthly_listeners'
                || '|(spotify|instagram|tiktok|youtube)_followers'
            ),
            false
        )
            then 'metric is none of streams, revenue_usd, spotify_monthly_listeners and followers'
        when not is_money(target) or target::decimal(24, 12) <= 0 then 'target is no number above 0'
        when iso_month(due_month) is null then 'due_month is not a month (YYYY-MM)'
    end as reject_reason
from landing
