-- One row per reporting month and platform: the money of streams against what streams let expect.
-- key: reporting_month, platform
-- check: lag_known is null or lag_known between 0 and 1.000001
-- export: yes
-- column reporting_month: Month (YYYY-MM) in which the distributors booked the money.
-- column platform: Platform; stores of class streaming only.
-- column actual_usd: Money of sales booked in the month, in USD.
-- column due_streams: Streams of earlier months that fall due in the month, by the platform's lags.
-- column usd_per_stream: Newest rate that was complete before the month, in USD; NULL if there is
--     none.
-- column paid_share: Share of counted streams that statements usually pay, over all of the
--     platform.
-- column expected_usd: due_streams times rate times paid_share, in USD; NULL if one is unknown.
-- column variance: actual_usd less expected_usd by expected_usd; NULL if that is 0 or unknown.
-- column lag_known: Share of the lags whose months have daily streams, 0 to 1; below 1 streams
--     lack.
-- column verdict: 'within 25 %', 'less than expected', 'more than expected', 'the data cannot
--     tell'.
--
-- paid_share and lags are measured over months that include the compared ones: this watches for
-- statements out of line, it does not prove a model. Corrections of money are in neither side.
with revenue as (
    select reporting_month, platform, sales_usd
    from curated.revenue_by_store
    where store_class = 'streaming' and platform is not null
),

streams_paid as (
    select month, platform, streams, paid_streams, is_partial, is_complete
    from curated.streams_paid
),

lags as (
    select platform, lag_months, share, usual_lag_months
    from curated.revenue_lags
    where source is null
),

rates as (
    select platform, sale_month, usd_per_stream
    from curated.revenue_per_stream
    where is_complete and usd_per_stream is not null
),

actual as (
    select reporting_month, platform, sum(sales_usd)::decimal(38, 12) as actual_usd
    from revenue
    group by reporting_month, platform
),

monthly_streams as (
    select
        month,
        platform,
        sum(streams)::bigint as streams,
        sum(paid_streams)::bigint as paid_streams,
        bool_or(is_partial) as is_partial,
        bool_and(is_complete) as is_complete
    from streams_paid
    group by month, platform
),

paid_shares as (
    select platform, ratio(sum(paid_streams), sum(streams))::decimal(18, 12) as paid_share
    from monthly_streams
    where is_complete and not is_partial
    group by platform
),

due as (
    select
        actual.reporting_month,
        actual.platform,
        sum((monthly_streams.streams * lags.share::decimal(18, 12))::decimal(38, 12)) as streams,
        sum(lags.share::decimal(18, 12)) as lag_known
    from actual
    inner join lags on actual.platform = lags.platform
    inner join monthly_streams
        on actual.platform = monthly_streams.platform
        and monthly_streams.month = month_after(actual.reporting_month, -lags.lag_months)
    group by actual.reporting_month, actual.platform
),

usual as (
    select platform, max(usual_lag_months) as usual_lag_months
    from lags
    group by platform
),

known_rates as (
    select
        rates.platform,
        month_after(rates.sale_month, usual.usual_lag_months) as known_month,
        rates.usd_per_stream::decimal(18, 12) as usd_per_stream
    from rates
    inner join usual on rates.platform = usual.platform
),

compared as (
    select
        actual.reporting_month,
        actual.platform,
        actual.actual_usd,
        round(due.streams)::bigint as due_streams,
        due.lag_known::decimal(38, 12) as lag_known,
        known_rates.usd_per_stream,
        paid_shares.paid_share,
        (
            round(due.streams)::bigint
            * (known_rates.usd_per_stream * paid_shares.paid_share)::decimal(18, 12)
        )::decimal(38, 12) as expected_usd
    from actual
    left join due
        on actual.reporting_month = due.reporting_month
        and actual.platform = due.platform
    left join paid_shares on actual.platform = paid_shares.platform
    asof left join known_rates
        on actual.platform = known_rates.platform
        and actual.reporting_month > known_rates.known_month
),

measured as (
    select *, ratio(actual_usd - expected_usd, expected_usd) as variance
    from compared
)

select
    measured.reporting_month,
    measured.platform,
    measured.actual_usd,
    measured.due_streams,
    measured.usd_per_stream,
    measured.paid_share,
    measured.expected_usd,
    measured.variance,
    measured.lag_known,
    case
        when measured.variance is null or measured.lag_known < 0.999 then 'the data cannot tell'
        when abs(measured.variance) <= 0.25 then 'within 25 %'
        when measured.variance < 0 then 'less than expected'
        else 'more than expected'
    end as verdict
from measured
