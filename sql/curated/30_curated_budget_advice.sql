-- One row per ad campaign: what to do with its budget, by which rule and on what evidence.
-- key: campaign_key
-- check: advice in ('raise', 'keep', 'lower', 'stop', 'the data cannot tell')
-- check: change_pct between -20 and 20 or advice = 'stop'
-- check: decided_by in ('money', 'streams', 'nothing')
-- check: (decided_by = 'nothing') = (advice = 'the data cannot tell')
-- export: yes
-- column campaign_key: source/account/ad account/campaign: one text for one campaign; id, else
--     name.
-- column platform: Platform the campaign runs on.
-- column campaign_name: Newest name of the campaign.
-- column artist: Artist it is for; NULL while nothing resolves it.
-- column stream_platform: Platform of these streams: where most were expected.
-- column is_running: It had a report within 7 days of the newest one of its account.
-- column spend_usd: Spend on the days that are compared, USD.
-- column extra_streams: Streams above the expected ones on those days.
-- column cost_per_extra_stream_usd: Spend by extra streams, USD; NULL unless there are extra ones.
-- column median_cost_usd: Median of that over all campaigns with more streams, USD; NULL if there
--     are none.
-- column advice: raise, keep, lower, stop, or the data cannot tell.
-- column change_pct: Change of the daily budget in percent, at most 20 at a time; -100 to stop.
-- column rule: The rule that decided.
-- column evidence: What it rests on, in words.
-- column streams_of: artist or track: whose streams it is judged by.
-- column revenue_by_spend: Expected revenue by spend on those days, of all platforms where it is
--     known; NULL if it is not on stream_platform.
-- column revenue_by_spend_low: Lower end of its 95 % interval: the platforms' lower ends added up.
-- column revenue_by_spend_high: Upper end, likewise.
-- column decided_by: money, streams, or nothing.
--
-- By money where it is known, else by streams; by the track where the artist's streams tell
-- nothing. A campaign that has ended is judged all the same: it tells what to do when it is run
-- again. Money is that of the days compared: what listeners who stay bring later is not in it. Ends
-- of intervals added up over platforms make one that is too wide rather than too narrow. Rules, the
-- first one that fits:
--   money, interval above 1: raise by 20 %; below 1: lower by 20 %, but stop if it reaches down to
--   0 over at least 21 days; holding 1: keep if it is above 0, else the data cannot tell;
--   streams, cannot tell: nothing is advised;
--   more streams, at most the median cost: raise by 20 %; dearer, or of unknown cost: keep;
--   no difference seen or fewer streams, over at least 21 days: stop; over fewer: lower by 20 %.
with campaigns as (
    select campaign_key, source, account, last_date
    from curated.campaigns
),

newest as (
    select source, account, max(date_end) as last_date
    from curated.ads_daily
    group by source, account
),

roi as (
    select
        campaign_key,
        platform,
        campaign_name,
        artist,
        streams_of,
        stream_platform,
        campaign_days,
        baseline_days,
        spend_usd,
        expected_streams,
        extra_streams,
        extra_streams_low,
        extra_streams_high,
        cost_per_extra_stream_usd,
        verdict,
        reason,
        revenue_by_spend,
        revenue_by_spend_low,
        revenue_by_spend_high,
        money_reason
    from curated.ads_roi
),

main_platforms as (
    select *
    from roi
    qualify row_number() over (
        partition by campaign_key, streams_of
        order by expected_streams desc nulls last, stream_platform
    ) = 1
),

median_costs as (
    select
        streams_of,
        median(cost_per_extra_stream_usd::double)::decimal(24, 12) as median_cost_usd
    from main_platforms
    where verdict = 'more streams'
    group by streams_of
),

money as (
    select
        campaign_key,
        streams_of,
        sum(revenue_by_spend)::decimal(24, 12) as revenue_by_spend,
        sum(revenue_by_spend_low)::decimal(24, 12) as revenue_by_spend_low,
        sum(revenue_by_spend_high)::decimal(24, 12) as revenue_by_spend_high,
        string_agg(stream_platform, ', ' order by stream_platform) as priced_platforms
    from roi
    where revenue_by_spend is not null
    group by campaign_key, streams_of
),

known as (
    select
        main_platforms.* exclude (
            revenue_by_spend, revenue_by_spend_low, revenue_by_spend_high
        ),
        median_costs.median_cost_usd,
        money.revenue_by_spend,
        money.revenue_by_spend_low,
        money.revenue_by_spend_high,
        money.priced_platforms
    from main_platforms
    left join median_costs on main_platforms.streams_of = median_costs.streams_of
    left join money
        on main_platforms.campaign_key = money.campaign_key
        and main_platforms.streams_of = money.streams_of
        and main_platforms.revenue_by_spend is not null
),

ruled as (
    select
        *,
        case
            when revenue_by_spend_low > 1 then 'revenue is above spend: its interval lies above 1'
            when revenue_by_spend_high < 1 and revenue_by_spend_low > 0
                then 'it brings revenue, but less than it costs: its interval lies below 1'
            when revenue_by_spend_high < 1 and campaign_days >= 21
                then 'revenue is below spend and may be none, over at least 21 days'
            when revenue_by_spend_high < 1
                then 'revenue is below spend and may be none, over fewer than 21 days'
            when revenue_by_spend_low > 0
                then 'it brings revenue, which may or may not cover what it costs'
            when revenue_by_spend is not null
                then 'nothing is advised: revenue may be none, or more than spend'
            when verdict = 'the data cannot tell'
                then 'nothing is advised on what the data cannot tell'
            when verdict = 'more streams' and cost_per_extra_stream_usd <= median_cost_usd
                then 'more streams at no more than the median cost of an extra stream'
            when verdict = 'more streams'
                then 'more streams, but dearer than the median or of unknown cost'
            when campaign_days >= 21 then 'no more streams over at least 21 days'
            else 'no more streams over fewer than 21 days'
        end as rule,
        case
            when revenue_by_spend_low > 1 then 'raise'
            when revenue_by_spend_high < 1
                then if(revenue_by_spend_low <= 0 and campaign_days >= 21, 'stop', 'lower')
            when revenue_by_spend_low > 0 then 'keep'
            when revenue_by_spend is not null or verdict = 'the data cannot tell'
                then 'the data cannot tell'
            when verdict = 'more streams'
                then if(cost_per_extra_stream_usd <= median_cost_usd, 'raise', 'keep')
            else if(campaign_days >= 21, 'stop', 'lower')
        end as advice
    from known
),

judged as (
    select *
    from ruled
    qualify row_number() over (
        partition by campaign_key
        order by advice = 'the data cannot tell', streams_of
    ) = 1
),

advised as (
    select
        judged.*,
        campaigns.last_date >= newest.last_date - 7 as is_running,
        case
            when judged.advice = 'the data cannot tell' then 'nothing'
            when judged.revenue_by_spend is not null then 'money'
            else 'streams'
        end as decided_by,
        case
            when judged.revenue_by_spend is not null
                then 'revenue by spend: ' || judged.revenue_by_spend::decimal(18, 2) || ' (95 %: '
                    || judged.revenue_by_spend_low::decimal(18, 2) || ' to '
                    || judged.revenue_by_spend_high::decimal(18, 2) || ') on '
                    || judged.priced_platforms
            else 'no money: ' || judged.money_reason
        end as money_evidence,
        'extra streams of the ' || judged.streams_of || ': '
        || round(judged.extra_streams)::bigint || ' (95 %: '
        || round(judged.extra_streams_low)::bigint || ' to '
        || round(judged.extra_streams_high)::bigint || ') on '
        || judged.campaign_days || ' days, against ' || judged.baseline_days
        || ' days before; spend '
        || coalesce(judged.spend_usd::decimal(18, 2) || ' USD', 'unknown in USD')
            as stream_evidence
    from judged
    inner join campaigns on judged.campaign_key = campaigns.campaign_key
    left join newest
        on campaigns.source = newest.source
        and campaigns.account = newest.account
)

select
    advised.campaign_key,
    advised.platform,
    advised.campaign_name,
    advised.artist,
    advised.stream_platform,
    advised.is_running,
    advised.spend_usd,
    advised.extra_streams,
    advised.cost_per_extra_stream_usd,
    advised.median_cost_usd,
    advised.advice,
    case advised.advice
        when 'raise' then 20
        when 'keep' then 0
        when 'lower' then -20
        when 'stop' then -100
    end::bigint as change_pct,
    advised.rule,
    case
        when advised.advice = 'the data cannot tell' and advised.revenue_by_spend is null
            then advised.reason
        else advised.money_evidence || '; ' || advised.stream_evidence
    end as evidence,
    advised.streams_of,
    advised.revenue_by_spend,
    advised.revenue_by_spend_low,
    advised.revenue_by_spend_high,
    advised.decided_by
from advised
