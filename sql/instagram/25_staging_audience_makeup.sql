-- One row per account, day of capture, audience, time window, dimension and value: who they are.
-- partition: month
-- key: month, account, captured_on, audience, time_window, dimension, value
-- incremental: required
-- feeds: demographics
--
-- Business Suite's shares of the followers by a dimension are left out on a day the API counted
-- them by it.
with counted as (
    select *
    from staging.instagram__demographics
),

shares as (
    select *
    from staging.instagram__suite_shares
),

told as (
    select
        1 as precedence,
        counted.captured_on,
        counted.month,
        counted.account,
        counted.audience,
        counted.time_window,
        counted.dimension,
        counted.value,
        null::decimal(9, 6) as share,
        counted.quantity,
        counted._drop,
        counted._file,
        counted._row
    from counted
    union all
    select
        2 as precedence,
        shares.captured_on,
        shares.month,
        shares.account,
        'followers' as audience,
        'lifetime' as time_window,
        shares.dimension,
        shares.value,
        shares.share,
        null::bigint as quantity,
        shares._drop,
        shares._file,
        shares._row
    from shares
),

chosen as (
    select *
    from told
    qualify precedence = min(precedence) over (
        partition by month, account, captured_on, audience, dimension
    )
)

select
    chosen.captured_on,
    chosen.month,
    'instagram' as platform,
    null::varchar as profile,
    'instagram' as source,
    chosen.account,
    chosen.audience,
    chosen.time_window,
    chosen.dimension,
    chosen.value,
    chosen.share,
    chosen.quantity,
    chosen._drop,
    chosen._file,
    chosen._row
from chosen
