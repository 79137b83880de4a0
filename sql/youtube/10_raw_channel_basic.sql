-- One row per line of the Reporting API's bulk report channel_basic, as text.
-- format: csv
-- columns: date, channel_id, video_id, live_or_on_demand, subscribed_status, country_code, views,
--     watch_time_minutes, subscribers_gained, subscribers_lost, [engaged_views], [comments],
--     [likes], [dislikes], [shares], [average_view_duration_seconds],
--     [average_view_duration_percentage], [red_views], [red_watch_time_minutes],
--     [videos_added_to_playlists], [videos_removed_from_playlists], [annotation_impressions],
--     [annotation_clickable_impressions], [annotation_clicks], [annotation_click_through_rate],
--     [annotation_closable_impressions], [annotation_closes], [annotation_close_rate],
--     [card_teaser_impressions], [card_teaser_clicks], [card_teaser_click_rate],
--     [card_impressions], [card_clicks], [card_click_rate]
-- file: .*channel_basic_a\d.*?(?P<as_of>\d{8}_\d{6}).*
-- identity: channel_id
-- empty: allowed
-- partition: account, month, date
-- fresh: 4d
--
-- A file is one Pacific day. A corrected one has the same day, another id and a newer createTime,
-- which is its time of capture, and replaces the day whole. Lines without a video are legal:
-- deleted videos, and what happened on the channel itself. A day without activity is a header
-- alone.
select
    channel_id,
    video_id,
    live_or_on_demand,
    subscribed_status,
    country_code,
    views,
    engaged_views,
    red_views,
    watch_time_minutes,
    average_view_duration_seconds,
    average_view_duration_percentage,
    likes,
    dislikes,
    comments,
    shares,
    subscribers_gained,
    subscribers_lost,
    plain_date("date") as date,
    month_of(plain_date("date")) as month,
    case
        when plain_date("date") is null then 'date is not a day (YYYYMMDD)'
        when trimmed(channel_id) is null then 'channel_id is empty'
        when not is_count_or_unknown(views) then 'views is not a whole number'
        when not is_count_or_unknown(engaged_views) then 'engaged_views is not a whole number'
        when not is_decimal_or_unknown(watch_time_minutes)
            then 'watch_time_minutes is not a number'
        when not is_change_or_unknown(likes) then 'likes is not a whole number'
        when not is_change_or_unknown(comments) then 'comments is not a whole number'
        when not is_change_or_unknown(shares) then 'shares is not a whole number'
        when not is_count_or_unknown(subscribers_gained)
            then 'subscribers_gained is not a whole number'
        when not is_count_or_unknown(subscribers_lost)
            then 'subscribers_lost is not a whole number'
    end as reject_reason
from landing
