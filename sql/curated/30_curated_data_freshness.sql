-- One row per feed, source and account: how far its newest data is behind, as of the run's date.
-- key: feed, source, account
-- export: yes
-- column feed: Feed, a kind of data every source may report.
-- column source: Source of the data.
-- column account: Account of the data.
-- column run_date: Day of the run, as of which lateness is judged.
-- column first_date: First day the data is about; of royalties the first of a reporting month.
-- column last_date: Newest day the data is about; of royalties the last of a reporting month.
-- column last_whole_date: Newest day that is finished; NULL when none is.
-- column days_behind: Days from last_date to run_date; negative when the month is still running.
-- column usual_lag_days: Days the source is usually behind, and is not late within.
-- column days_late: days_behind above usual_lag_days; 0 when it is not.
-- column verdict: fresh, late (behind its usual lag), stale (over 14 days late) or cannot tell.
--
-- Judged by what the data is about, never by file times. The usual lags are those of the raw
-- scripts (`fresh`) that feed the feed, the shortest where several do; lists of playlists that
-- people export are given a month. What comes now and then only (campaigns on Spotify, small
-- statements) has no usual lag: nobody can tell whether it is late.
with feed_columns as (
    select feed, source, account, first_date, last_date, last_whole_date
    from curated.feed_columns
),

royalty_columns as (
    select reporting_month, source, account
    from curated.royalty_columns
),

usual_lags as (
    select
        unnest(
            [
                {'feed': 'streams', 'source': 'distrokid', 'days': 2},
                {'feed': 'streams', 'source': 'toolost', 'days': 2},
                {'feed': 'streams', 'source': 'spotify', 'days': 3},
                {'feed': 'track_streams', 'source': 'spotify', 'days': 3},
                {'feed': 'track_streams', 'source': 'toolost', 'days': 4},
                {'feed': 'playlists', 'source': 'spotify', 'days': 31},
                {'feed': 'audience', 'source': 'spotify', 'days': 3},
                {'feed': 'audience', 'source': 'tiktok', 'days': 3},
                {'feed': 'audience', 'source': 'instagram', 'days': 2},
                {'feed': 'audience', 'source': 'youtube', 'days': 4},
                {'feed': 'audience', 'source': 'mailchimp', 'days': 2},
                {'feed': 'engagement_daily', 'source': 'tiktok', 'days': 3},
                {'feed': 'engagement_daily', 'source': 'instagram', 'days': 4},
                {'feed': 'engagement_daily', 'source': 'youtube', 'days': 4},
                {'feed': 'content', 'source': 'tiktok', 'days': 3},
                {'feed': 'content', 'source': 'instagram', 'days': 2},
                {'feed': 'content', 'source': 'youtube', 'days': 2},
                {'feed': 'demographics', 'source': 'tiktok', 'days': 3},
                {'feed': 'demographics', 'source': 'instagram', 'days': 8},
                {'feed': 'demographics', 'source': 'youtube', 'days': 8},
                {'feed': 'demographics', 'source': 'linktree', 'days': 1},
                {'feed': 'demographics', 'source': 'distrokid', 'days': 2},
                {'feed': 'demographics', 'source': 'toolost', 'days': 4},
                {'feed': 'link_clicks', 'source': 'linktree', 'days': 1},
                {'feed': 'ad_performance', 'source': 'metaads', 'days': 2},
                {'feed': 'ad_performance', 'source': 'tiktok', 'days': 2},
                {'feed': 'email', 'source': 'mailchimp', 'days': 2},
                {'feed': 'royalties', 'source': 'distrokid', 'days': 45},
                {'feed': 'royalties', 'source': 'toolost', 'days': 45}
            ]
        ) as usual
),

days as (
    select feed, source, account, first_date, last_date, last_whole_date
    from feed_columns

    union all

    select
        'royalties' as feed,
        source,
        account,
        (reporting_month || '-01')::date as first_date,
        last_day((reporting_month || '-01')::date) as last_date,
        last_day((reporting_month || '-01')::date) as last_whole_date
    from royalty_columns
),

newest as (
    select
        feed,
        source,
        account,
        min(first_date) as first_date,
        max(last_date) as last_date,
        max(last_whole_date) as last_whole_date,
        (getvariable('run_date')::date - max(last_date))::bigint as days_behind
    from days
    group by feed, source, account
),

judged as (
    select
        newest.*,
        usual_lags.usual.days::bigint as usual_lag_days,
        greatest(newest.days_behind - usual_lags.usual.days, 0)::bigint as days_late
    from newest
    left join usual_lags
        on newest.feed = usual_lags.usual.feed
        and newest.source = usual_lags.usual.source
)

select
    judged.feed,
    judged.source,
    judged.account,
    getvariable('run_date')::date as run_date,
    judged.first_date,
    judged.last_date,
    judged.last_whole_date,
    judged.days_behind,
    judged.usual_lag_days,
    case when judged.usual_lag_days is not null then judged.days_late end as days_late,
    case
        when judged.usual_lag_days is null then 'cannot tell'
        when judged.days_late = 0 then 'fresh'
        when judged.days_late <= 14 then 'late'
        else 'stale'
    end as verdict
from judged
