-- One row per feed, source and account: its newest data, and from which day on it is late.
-- key: feed, source, account
-- check: (stale_from is null) = (usual_lag_days is null)
-- export: yes
-- column feed: Feed, a kind of data every source may report.
-- column source: Source of the data.
-- column account: Account of the data.
-- column first_date: First day the data is about; of royalties the first of a reporting month.
-- column last_date: Newest day the data is about; of royalties the last of a reporting month.
-- column last_whole_date: Newest day that is finished; NULL when none is.
-- column usual_lag_days: Days the source is usually behind, and is not late within.
-- column late_from: First day on which newer data is overdue: last_date, the usual lag and one day
--     more; NULL where the source has no usual lag.
-- column stale_from: First day on which it is overdue for more than 14 days; NULL likewise.
--
-- Judged by what the data is about, never by file times; and of no day, so that a night without
-- news changes nothing: `freshness(current_date, late_from, stale_from)` says what is late on a
-- day, and `current_date - last_date` how many days behind it is. The usual lags are those of the
-- raw scripts (`fresh`) that feed the feed, the shortest where several do; lists of playlists that
-- people export are given a month. What comes now and then only (campaigns on Spotify, small
-- statements) has no usual lag: nobody can tell whether it is late.
with column_years as (
    select feed, source, account, first_date, last_date, last_whole_date
    from curated.column_years
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

newest as (
    select
        feed,
        source,
        account,
        min(first_date) as first_date,
        max(last_date) as last_date,
        max(last_whole_date) as last_whole_date
    from column_years
    group by feed, source, account
),

judged as (
    select
        newest.*,
        usual_lags.usual.days as usual_lag_days
    from newest
    left join usual_lags
        on newest.feed = usual_lags.usual.feed
        and newest.source = usual_lags.usual.source
)

select
    judged.feed,
    judged.source,
    judged.account,
    judged.first_date,
    judged.last_date,
    judged.last_whole_date,
    judged.usual_lag_days::bigint as usual_lag_days,
    judged.last_date + judged.usual_lag_days + 1 as late_from,
    judged.last_date + judged.usual_lag_days + 15 as stale_from
from judged
