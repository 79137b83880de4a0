-- One row per line of an answer of the YouTube Analytics API, named by its columnHeaders.
-- format: json
-- columns: [day], [month], [video], [country], [insightTrafficSourceType], [ageGroup], [gender],
--     [creatorContentType], [views], [engagedViews], [redViews], [estimatedMinutesWatched],
--     [estimatedRedMinutesWatched], [averageViewDuration], [averageViewPercentage], [likes],
--     [dislikes], [comments], [shares], [subscribersGained], [subscribersLost],
--     [videosAddedToPlaylists], [videosRemovedFromPlaylists], [viewerPercentage],
--     [estimatedRevenue], [estimatedAdRevenue], [grossRevenue], [estimatedRedPartnerRevenue],
--     [monetizedPlaybacks], [playbackBasedCpm], [adImpressions], [cpm]
-- records: rows[] as columnHeaders[].name
-- file: analytics_(?P<channel>MINE|UC[\w-]*?)_(?P<filter>all|\w+=[\w-]+?)_(?P<first_day>\d{8})_(?P<last_day>\d{8})_(?P<as_of>\d{8}_\d{6})(?:_money_(?P<currency>[A-Z]{3})|_[a-z]+)?\.json
-- identity: channel_id
-- refuse: access_token, refresh_token
-- partition: account, report, filter, time_window, month, date
-- fresh: 4d
--
-- An answer repeats nothing of the question: channel, filter and window stand in the file's name
-- only, and a word after the time where several are asked at once. Without them the days of one
-- video look like those of the channel. Whatever is no known metric counts as a dimension, so a
-- report by something new is never taken for one that is known. Money comes in an answer of its
-- own, since it is told later than views; its currency stands in the name, too.
-- A report by day is cut off, without a word, at the last day that is processed; one without days
-- is a picture of a window.
select
    case when channel != 'MINE' then channel end as channel_id,
    record->>'day' as day,
    record->>'video' as video_id,
    record->>'country' as country,
    record->>'insightTrafficSourceType' as traffic_source,
    record->>'ageGroup' as age_group,
    record->>'gender' as gender,
    record->>'creatorContentType' as content_type,
    record->>'views' as views,
    record->>'engagedViews' as engaged_views,
    record->>'estimatedMinutesWatched' as watch_minutes,
    record->>'averageViewDuration' as average_view_duration,
    record->>'averageViewPercentage' as average_view_percentage,
    record->>'likes' as likes,
    record->>'comments' as comments,
    record->>'shares' as shares,
    record->>'subscribersGained' as subscribers_gained,
    record->>'subscribersLost' as subscribers_lost,
    record->>'viewerPercentage' as viewer_percentage,
    nullif(currency, '') as currency,
    record->>'estimatedRevenue' as estimated_revenue,
    record->>'estimatedAdRevenue' as estimated_ad_revenue,
    record->>'estimatedRedPartnerRevenue' as estimated_red_revenue,
    record->>'grossRevenue' as gross_revenue,
    record->>'monetizedPlaybacks' as monetized_playbacks,
    record->>'adImpressions' as ad_impressions,
    array_to_string(
        list_filter(json_keys(record), lambda name: not is_reported_metric(name)), ','
    ) || case when currency != '' then ',money' else '' end as report,
    filter,
    plain_date(first_day) as first_day,
    plain_date(last_day) as last_day,
    case
        when (record->'day') is not null then 'day'
        else first_day || '-' || last_day
    end as time_window,
    case
        when (record->'day') is not null then iso_date(record->>'day')
        else _as_of::date
    end as date,
    month_of(
        case
            when (record->'day') is not null then iso_date(record->>'day')
            else _as_of::date
        end
    ) as month,
    (record->'day') is not null
        and is_pacific_today(iso_date(record->>'day'), _as_of) as is_partial,
    case
        when filter is null or plain_date(first_day) is null or plain_date(last_day) is null
            then 'the file name does not say what was asked for (analytics_MINE_all_FIRST_LAST_…json)'
        when (record->'day') is not null and iso_date(record->>'day') is null
            then 'day is not a day (YYYY-MM-DD)'
        when not iso_date(record->>'day') between plain_date(first_day) and plain_date(last_day)
            then 'day is outside the window asked for'
        when not is_count_or_unknown(record->>'views') then 'views is not a whole number'
        when not is_count_or_unknown(record->>'engagedViews')
            then 'engagedViews is not a whole number'
        when not is_count_or_unknown(record->>'estimatedMinutesWatched')
            then 'estimatedMinutesWatched is not a whole number'
        when not is_change_or_unknown(record->>'likes') then 'likes is not a whole number'
        when not is_change_or_unknown(record->>'comments') then 'comments is not a whole number'
        when not is_change_or_unknown(record->>'shares') then 'shares is not a whole number'
        when not is_count_or_unknown(record->>'subscribersGained')
            then 'subscribersGained is not a whole number'
        when not is_count_or_unknown(record->>'subscribersLost')
            then 'subscribersLost is not a whole number'
        when not is_decimal_or_unknown(record->>'viewerPercentage')
            then 'viewerPercentage is not a number'
        when not is_decimal_or_unknown(record->>'estimatedRevenue')
            then 'estimatedRevenue is not a number'
        when not is_decimal_or_unknown(record->>'estimatedAdRevenue')
            then 'estimatedAdRevenue is not a number'
        when not is_decimal_or_unknown(record->>'estimatedRedPartnerRevenue')
            then 'estimatedRedPartnerRevenue is not a number'
        when not is_decimal_or_unknown(record->>'grossRevenue')
            then 'grossRevenue is not a number'
        when not is_count_or_unknown(record->>'monetizedPlaybacks')
            then 'monetizedPlaybacks is not a whole number'
        when not is_count_or_unknown(record->>'adImpressions')
            then 'adImpressions is not a whole number'
    end as reject_reason
from landing
