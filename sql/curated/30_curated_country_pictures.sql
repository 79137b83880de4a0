-- One row per month, platform, profile, kind of audience, window and country: the newest picture.
-- partition: month
-- key: month, platform, source, account, profile, audience, time_window, country
-- incremental: required
-- check: share is null or share between 0 and 1
-- export: yes
-- column month: Month (YYYY-MM) of the picture.
-- column platform: Platform the audience is on.
-- column source: Source that shows it.
-- column account: Account it was seen through.
-- column profile: Handle, artist or channel as the platform writes it; NULL if not told.
-- column audience: Who is counted: followers, viewers, listeners, streams, visits or clicks.
-- column time_window: What the source says it looked at, such as lifetime or last_365_days.
-- column country: Country as the source writes it, mostly ISO; what it calls others included.
-- column captured_on: Day of the month's newest picture.
-- column share: Fraction of 1, as the source says it; NULL where it gives counts only.
-- column quantity: Count, as the source says it; NULL where it gives shares only.
-- column quantity_total: Sum of quantity over the countries of the picture, the shown ones only.
--
-- Shown by platforms, not paid: windows and pictures overlap, and audiences are of different kinds.
-- Nothing here adds up over anything but countries, and nothing to country_monthly.
with demographics as (
    select
        captured_on,
        month,
        platform,
        profile,
        source,
        account,
        audience,
        time_window,
        value,
        share,
        quantity
    from feeds.demographics
    where dimension = 'country'
),

newest as (
    select *
    from demographics
    qualify captured_on = max(captured_on) over (
        partition by month, platform, source, account, profile, audience, time_window
    )
),

totals as (
    select
        month,
        platform,
        source,
        account,
        profile,
        audience,
        time_window,
        value as country,
        captured_on,
        sum(share)::decimal(9, 6) as share,
        sum(quantity)::bigint as quantity
    from newest
    group by
        month, platform, source, account, profile, audience, time_window, value, captured_on
)

select
    totals.month,
    totals.platform,
    totals.source,
    totals.account,
    totals.profile,
    totals.audience,
    totals.time_window,
    totals.country,
    totals.captured_on,
    totals.share,
    totals.quantity,
    sum(totals.quantity) over (
        partition by
            totals.month,
            totals.platform,
            totals.source,
            totals.account,
            totals.profile,
            totals.audience,
            totals.time_window
    )::bigint as quantity_total
from totals
