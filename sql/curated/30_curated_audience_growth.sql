-- One row per platform, profile and month: how the following moved, and whether reports explain it.
-- key: platform, profile, account, month
-- check: net_followers is not distinct from closing_followers - opening_followers
-- check: coalesce(lost_followers, 0) >= 0
-- export: yes
-- column platform: Platform of the profile.
-- column profile: Handle, artist, channel or list; NULL where an account of several is told.
-- column account: Account, where the name alone does not tell profiles apart; else NULL.
-- column month: Month (YYYY-MM).
-- column artist: Artist the catalog has the profile's name as an alias of; NULL if it has not.
-- column opening_date: Day of the opening level: the last level told before the month.
-- column opening_followers: Followers on opening_date; NULL in the first month with a level.
-- column closing_date: Day of the last level told in the month.
-- column closing_followers: Followers on closing_date.
-- column net_followers: closing_followers less opening_followers; negative for a loss.
-- column growth_rate: net_followers by opening_followers, as a fraction; NULL from nothing.
-- column flow_days: Days after opening_date up to closing_date with a reported gain.
-- column window_days: Days after opening_date up to closing_date.
-- column new_followers: Followers gained on the flow_days, as reported; NULL if there are none.
-- column lost_followers: Followers lost in the window, as reported; NULL if no day tells losses.
-- column implied_lost: new_followers less net_followers, where every day tells gains, none losses.
-- column unexplained: net_followers less gains, plus losses; NULL unless every day tells both.
-- column is_partial: The levels do not reach from the last day before the month to its last day.
--
-- Levels come from looks at the profile, flows from reports of days; they are compared over the
-- very days between two looks, not over calendar months. TikTok tells a day's net change only, so its
-- gains and losses are those of days, not of people. YouTube rounds levels to three digits: less
-- than a hundredth unexplained is rounding. implied_lost may be negative: then gains are missing.
with days as (
    select
        platform,
        profile,
        account,
        artist,
        month,
        date,
        followers,
        new_followers,
        lost_followers
    from curated.audience_daily
),

running as (
    select
        days.platform,
        days.profile,
        days.account,
        days.artist,
        days.month,
        days.date,
        days.followers,
        sum(days.new_followers) over until_then as gained,
        sum(days.lost_followers) over until_then as lost,
        count(days.new_followers) over until_then as gain_days,
        count(days.lost_followers) over until_then as loss_days
    from days
    window until_then as (
        partition by days.platform, days.profile, days.account
        order by days.date
    )
),

closings as (
    select *
    from running
    where followers is not null
    qualify row_number() over (
        partition by platform, profile, account, month
        order by date desc
    ) = 1
),

windows as (
    select
        closings.*,
        lag(date) over before as opening_date,
        lag(followers) over before as opening_followers,
        date - lag(date) over before as window_days,
        gain_days - lag(gain_days) over before as flow_days,
        loss_days - lag(loss_days) over before as loss_flow_days,
        coalesce(gained, 0) - coalesce(lag(gained) over before, 0) as window_gained,
        coalesce(lost, 0) - coalesce(lag(lost) over before, 0) as window_lost
    from closings
    window before as (partition by platform, profile, account order by date)
),

flows as (
    select
        windows.*,
        followers - opening_followers as net_followers,
        case when flow_days > 0 then window_gained end::bigint as new_followers,
        case when loss_flow_days > 0 then window_lost end::bigint as lost_followers
    from windows
)

select
    flows.platform,
    flows.profile,
    flows.account,
    flows.month,
    flows.artist,
    flows.opening_date,
    flows.opening_followers,
    flows.date as closing_date,
    flows.followers as closing_followers,
    flows.net_followers,
    case
        when flows.opening_followers > 0
            then flows.net_followers / flows.opening_followers
    end::decimal(24, 9) as growth_rate,
    flows.flow_days,
    flows.window_days,
    flows.new_followers,
    flows.lost_followers,
    case
        when flows.flow_days = flows.window_days and flows.lost_followers is null
            then flows.new_followers - flows.net_followers
    end as implied_lost,
    case
        when flows.flow_days = flows.window_days and flows.loss_flow_days = flows.window_days
            then flows.net_followers - flows.new_followers + flows.lost_followers
    end as unexplained,
    flows.date != last_day(flows.date)
    or coalesce(
        flows.opening_date != last_day(flows.opening_date)
        or flows.opening_date + 1 != date_trunc('month', flows.date)::date,
        true
    ) as is_partial
from flows
