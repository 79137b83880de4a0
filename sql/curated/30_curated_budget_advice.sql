-- One row per ad campaign: what to do with its budget, by which rule and on what evidence.
-- key: campaign_key
-- check: advice in ('raise', 'keep', 'lower', 'stop', 'the data cannot tell')
-- check: change_pct between -20 and 20 or advice = 'stop'
-- export: yes
-- column campaign_key: source/account/ad account/campaign: one text for one campaign; id, else
--     name.
-- column platform: Platform the campaign runs on.
-- column campaign_name: Newest name of the campaign.
-- column artist: Artist it is for; NULL while nothing resolves it.
-- column stream_platform: Platform of the streams it is judged by: where most were expected.
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
--
-- By streams, not by money: what a stream pays is far less than what an extra one costs at first,
-- and what a listener is worth later is not known here. A campaign that has ended is judged all the
-- same: it tells what to do when it is run again. Rules, the first one that fits:
--   the data cannot tell: nothing is advised;
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
        reason
    from curated.ads_roi
),

judged as (
    select *
    from roi
    qualify row_number() over (
        partition by campaign_key
        order by expected_streams desc nulls last, stream_platform
    ) = 1
),

median_cost as (
    select
        median(cost_per_extra_stream_usd::double)::decimal(24, 12) as median_cost_usd
    from judged
    where verdict = 'more streams'
),

advised as (
    select
        judged.*,
        campaigns.last_date >= newest.last_date - 7 as is_running,
        median_cost.median_cost_usd,
        case
            when judged.verdict = 'the data cannot tell' then judged.verdict
            when judged.verdict = 'more streams'
                and judged.cost_per_extra_stream_usd <= median_cost.median_cost_usd then 'raise'
            when judged.verdict = 'more streams' then 'keep'
            when judged.campaign_days >= 21 then 'stop'
            else 'lower'
        end as advice
    from judged
    inner join campaigns on judged.campaign_key = campaigns.campaign_key
    left join newest
        on campaigns.source = newest.source
        and campaigns.account = newest.account
    cross join median_cost
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
    case advised.advice
        when 'raise' then 'more streams at no more than the median cost of an extra stream'
        when 'keep' then 'more streams, but dearer than the median or of unknown cost'
        when 'lower' then 'no more streams over fewer than 21 days'
        when 'stop' then 'no more streams over at least 21 days'
        else 'nothing is advised on what the data cannot tell'
    end as rule,
    case
        when advised.advice = 'the data cannot tell' then advised.reason
        else 'extra streams: ' || round(advised.extra_streams)::bigint || ' (95 %: '
            || round(advised.extra_streams_low)::bigint || ' to '
            || round(advised.extra_streams_high)::bigint || ') on '
            || advised.campaign_days || ' days, against ' || advised.baseline_days
            || ' days before; spend '
            || coalesce(advised.spend_usd::decimal(18, 2) || ' USD', 'unknown in USD')
    end as evidence
from advised
