-- One row per month, feed, source, account and column: in how many rows it is filled.
-- partition: year, month
-- key: year, month, feed, source, account, column_name
-- incremental: required
-- check: filled_count between 0 and row_count
-- column year: Year (YYYY) of month.
-- column month: Month (YYYY-MM) of the data.
-- column feed: Feed the rows came by.
-- column source: Source of the rows.
-- column account: Account of the rows.
-- column column_name: Column of the feed.
-- column row_count: Rows of the account in the feed.
-- column filled_count: Rows among them in which the column is not NULL.
-- column first_date: First day the rows are about.
-- column last_date: Last day the rows are about.
-- column last_whole_date: Last day that is finished; NULL when none is.
--
-- Small, and built month by month; money is in royalty_columns, by reporting month. A feed that
-- says nothing of unfinished days is about days of capture, which are whole.
with ad_performance as (
    select
        month,
        'ad_performance' as feed,
        source,
        account,
        count(*) as row_count,
        min(date) as first_date,
        max(date) as last_date,
        max(date) filter (where not is_partial) as last_whole_date,
        [
            {'column_name': 'date_end', 'filled_count': count(date_end)},
            {'column_name': 'platform', 'filled_count': count(platform)},
            {'column_name': 'ad_account_id', 'filled_count': count(ad_account_id)},
            {'column_name': 'level', 'filled_count': count(level)},
            {'column_name': 'campaign_id', 'filled_count': count(campaign_id)},
            {'column_name': 'campaign_name', 'filled_count': count(campaign_name)},
            {'column_name': 'adset_id', 'filled_count': count(adset_id)},
            {'column_name': 'adset_name', 'filled_count': count(adset_name)},
            {'column_name': 'ad_id', 'filled_count': count(ad_id)},
            {'column_name': 'ad_name', 'filled_count': count(ad_name)},
            {'column_name': 'currency', 'filled_count': count(currency)},
            {'column_name': 'spend', 'filled_count': count(spend)},
            {'column_name': 'spend_usd', 'filled_count': count(spend_usd)},
            {'column_name': 'impressions', 'filled_count': count(impressions)},
            {'column_name': 'reach', 'filled_count': count(reach)},
            {'column_name': 'clicks', 'filled_count': count(clicks)},
            {'column_name': 'link_clicks', 'filled_count': count(link_clicks)},
            {'column_name': 'video_views', 'filled_count': count(video_views)},
            {'column_name': 'conversions', 'filled_count': count(conversions)}
        ] as counts
    from feeds.ad_performance
    group by month, source, account
),

ad_results as (
    select
        month,
        'ad_results' as feed,
        source,
        account,
        count(*) as row_count,
        min(date) as first_date,
        max(date) as last_date,
        max(date) as last_whole_date,
        [
            {'column_name': 'platform', 'filled_count': count(platform)},
            {'column_name': 'level', 'filled_count': count(level)},
            {'column_name': 'campaign_id', 'filled_count': count(campaign_id)},
            {'column_name': 'adset_id', 'filled_count': count(adset_id)},
            {'column_name': 'ad_id', 'filled_count': count(ad_id)},
            {'column_name': 'results', 'filled_count': count(results)}
        ] as counts
    from feeds.ad_results
    group by month, source, account
),

audience as (
    select
        month,
        'audience' as feed,
        source,
        account,
        count(*) as row_count,
        min(date) as first_date,
        max(date) as last_date,
        max(date) filter (where not is_partial) as last_whole_date,
        [
            {'column_name': 'platform', 'filled_count': count(platform)},
            {'column_name': 'profile', 'filled_count': count(profile)},
            {'column_name': 'followers', 'filled_count': count(followers)},
            {'column_name': 'new_followers', 'filled_count': count(new_followers)},
            {'column_name': 'lost_followers', 'filled_count': count(lost_followers)},
            {'column_name': 'listeners', 'filled_count': count(listeners)},
            {'column_name': 'monthly_listeners', 'filled_count': count(monthly_listeners)},
            {'column_name': 'viewers', 'filled_count': count(viewers)}
        ] as counts
    from feeds.audience
    group by month, source, account
),

content as (
    select
        month,
        'content' as feed,
        source,
        account,
        count(*) as row_count,
        min(captured_on) as first_date,
        max(captured_on) as last_date,
        max(captured_on) as last_whole_date,
        [
            {'column_name': 'platform', 'filled_count': count(platform)},
            {'column_name': 'profile', 'filled_count': count(profile)},
            {'column_name': 'content_id', 'filled_count': count(content_id)},
            {'column_name': 'content_type', 'filled_count': count(content_type)},
            {'column_name': 'title', 'filled_count': count(title)},
            {'column_name': 'url', 'filled_count': count(url)},
            {'column_name': 'published_at', 'filled_count': count(published_at)},
            {'column_name': 'views', 'filled_count': count(views)},
            {'column_name': 'reach', 'filled_count': count(reach)},
            {'column_name': 'likes', 'filled_count': count(likes)},
            {'column_name': 'comments', 'filled_count': count(comments)},
            {'column_name': 'shares', 'filled_count': count(shares)},
            {'column_name': 'saves', 'filled_count': count(saves)},
            {'column_name': 'watch_hours', 'filled_count': count(watch_hours)}
        ] as counts
    from feeds.content
    group by month, source, account
),

content_lengths as (
    select
        month,
        'content_lengths' as feed,
        source,
        account,
        count(*) as row_count,
        min(captured_on) as first_date,
        max(captured_on) as last_date,
        max(captured_on) as last_whole_date,
        [
            {'column_name': 'platform', 'filled_count': count(platform)},
            {'column_name': 'content_id', 'filled_count': count(content_id)},
            {'column_name': 'seconds', 'filled_count': count(seconds)}
        ] as counts
    from feeds.content_lengths
    group by month, source, account
),

demographics as (
    select
        month,
        'demographics' as feed,
        source,
        account,
        count(*) as row_count,
        min(captured_on) as first_date,
        max(captured_on) as last_date,
        max(captured_on) as last_whole_date,
        [
            {'column_name': 'platform', 'filled_count': count(platform)},
            {'column_name': 'profile', 'filled_count': count(profile)},
            {'column_name': 'audience', 'filled_count': count(audience)},
            {'column_name': 'time_window', 'filled_count': count(time_window)},
            {'column_name': 'dimension', 'filled_count': count(dimension)},
            {'column_name': 'value', 'filled_count': count(value)},
            {'column_name': 'share', 'filled_count': count(share)},
            {'column_name': 'quantity', 'filled_count': count(quantity)}
        ] as counts
    from feeds.demographics
    group by month, source, account
),

email as (
    select
        month,
        'email' as feed,
        source,
        account,
        count(*) as row_count,
        min(captured_on) as first_date,
        max(captured_on) as last_date,
        max(captured_on) as last_whole_date,
        [
            {'column_name': 'campaign_id', 'filled_count': count(campaign_id)},
            {'column_name': 'list_id', 'filled_count': count(list_id)},
            {'column_name': 'title', 'filled_count': count(title)},
            {'column_name': 'subject', 'filled_count': count(subject)},
            {'column_name': 'sent_at', 'filled_count': count(sent_at)},
            {'column_name': 'sent', 'filled_count': count(sent)},
            {'column_name': 'delivered', 'filled_count': count(delivered)},
            {'column_name': 'unique_opens', 'filled_count': count(unique_opens)},
            {'column_name': 'all_unique_opens', 'filled_count': count(all_unique_opens)},
            {'column_name': 'unique_clicks', 'filled_count': count(unique_clicks)},
            {'column_name': 'unsubscribes', 'filled_count': count(unsubscribes)},
            {'column_name': 'bounces', 'filled_count': count(bounces)},
            {'column_name': 'complaints', 'filled_count': count(complaints)},
            {'column_name': 'revenue', 'filled_count': count(revenue)},
            {'column_name': 'currency', 'filled_count': count(currency)}
        ] as counts
    from feeds.email
    group by month, source, account
),

engagement_daily as (
    select
        month,
        'engagement_daily' as feed,
        source,
        account,
        count(*) as row_count,
        min(date) as first_date,
        max(date) as last_date,
        max(date) filter (where not is_partial) as last_whole_date,
        [
            {'column_name': 'platform', 'filled_count': count(platform)},
            {'column_name': 'profile', 'filled_count': count(profile)},
            {'column_name': 'views', 'filled_count': count(views)},
            {'column_name': 'engaged_views', 'filled_count': count(engaged_views)},
            {'column_name': 'reach', 'filled_count': count(reach)},
            {'column_name': 'profile_views', 'filled_count': count(profile_views)},
            {'column_name': 'likes', 'filled_count': count(likes)},
            {'column_name': 'comments', 'filled_count': count(comments)},
            {'column_name': 'shares', 'filled_count': count(shares)},
            {'column_name': 'saves', 'filled_count': count(saves)},
            {'column_name': 'link_clicks', 'filled_count': count(link_clicks)},
            {'column_name': 'watch_hours', 'filled_count': count(watch_hours)}
        ] as counts
    from feeds.engagement_daily
    group by month, source, account
),

link_clicks as (
    select
        month,
        'link_clicks' as feed,
        source,
        account,
        count(*) as row_count,
        min(date) as first_date,
        max(date) as last_date,
        max(date) filter (where not is_partial) as last_whole_date,
        [
            {'column_name': 'platform', 'filled_count': count(platform)},
            {'column_name': 'link_id', 'filled_count': count(link_id)},
            {'column_name': 'link_title', 'filled_count': count(link_title)},
            {'column_name': 'views', 'filled_count': count(views)},
            {'column_name': 'unique_views', 'filled_count': count(unique_views)},
            {'column_name': 'clicks', 'filled_count': count(clicks)},
            {'column_name': 'unique_clicks', 'filled_count': count(unique_clicks)}
        ] as counts
    from feeds.link_clicks
    group by month, source, account
),

link_windows as (
    select
        month,
        'link_windows' as feed,
        source,
        account,
        count(*) as row_count,
        min(captured_on) as first_date,
        max(captured_on) as last_date,
        max(captured_on) as last_whole_date,
        [
            {'column_name': 'platform', 'filled_count': count(platform)},
            {'column_name': 'time_window', 'filled_count': count(time_window)},
            {'column_name': 'link_id', 'filled_count': count(link_id)},
            {'column_name': 'link_title', 'filled_count': count(link_title)},
            {'column_name': 'views', 'filled_count': count(views)},
            {'column_name': 'clicks', 'filled_count': count(clicks)}
        ] as counts
    from feeds.link_windows
    group by month, source, account
),

listening as (
    select
        month,
        'listening' as feed,
        source,
        account,
        count(*) as row_count,
        min(date) as first_date,
        max(date) as last_date,
        max(date) filter (where not is_partial) as last_whole_date,
        [
            {'column_name': 'platform', 'filled_count': count(platform)},
            {'column_name': 'artist_name', 'filled_count': count(artist_name)},
            {'column_name': 'streams', 'filled_count': count(streams)},
            {'column_name': 'listeners', 'filled_count': count(listeners)},
            {'column_name': 'saves', 'filled_count': count(saves)},
            {'column_name': 'playlist_adds', 'filled_count': count(playlist_adds)}
        ] as counts
    from feeds.listening
    group by month, source, account
),

playlists as (
    select
        month,
        'playlists' as feed,
        source,
        account,
        count(*) as row_count,
        min(captured_on) as first_date,
        max(captured_on) as last_date,
        max(captured_on) as last_whole_date,
        [
            {'column_name': 'platform', 'filled_count': count(platform)},
            {'column_name': 'time_window', 'filled_count': count(time_window)},
            {'column_name': 'artist_name', 'filled_count': count(artist_name)},
            {'column_name': 'track_title', 'filled_count': count(track_title)},
            {'column_name': 'playlist_title', 'filled_count': count(playlist_title)},
            {'column_name': 'author', 'filled_count': count(author)},
            {'column_name': 'streams', 'filled_count': count(streams)},
            {'column_name': 'listeners', 'filled_count': count(listeners)},
            {'column_name': 'date_added', 'filled_count': count(date_added)}
        ] as counts
    from feeds.playlists
    group by month, source, account
),

streams as (
    select
        month,
        'streams' as feed,
        source,
        account,
        count(*) as row_count,
        min(date) as first_date,
        max(date) as last_date,
        max(date) filter (where not is_partial) as last_whole_date,
        [
            {'column_name': 'platform', 'filled_count': count(platform)},
            {'column_name': 'artist_name', 'filled_count': count(artist_name)},
            {'column_name': 'reporter', 'filled_count': count(reporter)},
            {'column_name': 'trust', 'filled_count': count(trust)},
            {'column_name': 'streams', 'filled_count': count(streams)}
        ] as counts
    from feeds.streams
    group by month, source, account
),

track_streams as (
    select
        month,
        'track_streams' as feed,
        source,
        account,
        count(*) as row_count,
        min(date) as first_date,
        max(date) as last_date,
        max(date) filter (where not is_partial) as last_whole_date,
        [
            {'column_name': 'platform', 'filled_count': count(platform)},
            {'column_name': 'time_window', 'filled_count': count(time_window)},
            {'column_name': 'isrc', 'filled_count': count(isrc)},
            {'column_name': 'artist_name', 'filled_count': count(artist_name)},
            {'column_name': 'track_title', 'filled_count': count(track_title)},
            {'column_name': 'streams', 'filled_count': count(streams)},
            {'column_name': 'listeners', 'filled_count': count(listeners)},
            {'column_name': 'saves', 'filled_count': count(saves)}
        ] as counts
    from feeds.track_streams
    group by month, source, account
),

every_feed as (
    select * from ad_performance

    union all

    select * from ad_results

    union all

    select * from audience

    union all

    select * from content

    union all

    select * from content_lengths

    union all

    select * from demographics

    union all

    select * from email

    union all

    select * from engagement_daily

    union all

    select * from link_clicks

    union all

    select * from link_windows

    union all

    select * from listening

    union all

    select * from playlists

    union all

    select * from streams

    union all

    select * from track_streams
),

columns as (
    select every_feed.* exclude (counts), unnest(every_feed.counts) as counted
    from every_feed
)

select
    left(columns.month, 4) as year,
    columns.month,
    columns.feed,
    columns.source,
    columns.account,
    columns.counted.column_name,
    columns.row_count::bigint as row_count,
    columns.counted.filled_count::bigint as filled_count,
    columns.first_date,
    columns.last_date,
    columns.last_whole_date
from columns
