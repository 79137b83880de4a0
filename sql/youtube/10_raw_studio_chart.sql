-- One row per line of a Chart data.csv of YouTube Studio: a day of a video, or of a part, as text.
-- format: csv
-- columns: Date, [Content], [Geography], [Cities], [Viewer age], [Viewer gender], [Traffic source],
--     [Device type], [City name], [Video title], [Video publish time], [Duration], [Views],
--     [Engaged views], ["Watch time (hours)"], [Subscribers], [Likes], [Comments added], [Shares],
--     [Impressions | Thumbnail impressions],
--     [Estimated revenue | "/Estimated revenue \((?P<currency>[A-Z]{3})\)/"]
-- some: Views, Engaged views, "Watch time (hours)", Subscribers, Likes, Comments added, Shares,
--     Impressions, Estimated revenue
-- file: (?i).*(?P<part>Chart data).*\.csv
-- partition: account, tab, metrics, value, month, date
-- fresh: 8d
--
-- One metric, of the few videos that were drawn: they do not add up to the channel, and a newer
-- chart replaces the days of the videos it has, in the metric it has, and no others. A cell without
-- a number is no day of zero. Of the tab Date a chart names nothing but the day.
select
    "Video title" as video_title,
    "Video publish time" as video_publish_time,
    "Duration" as duration,
    "City name" as city_name,
    "Views" as views,
    "Engaged views" as engaged_views,
    "Watch time (hours)" as watch_hours,
    "Subscribers" as subscribers,
    "Likes" as likes,
    "Comments added" as comments,
    "Shares" as shares,
    "Impressions" as impressions,
    "Estimated revenue" as estimated_revenue,
    case when "Estimated revenue" is not null then currency end as currency,
    concat_ws(
        ',',
        case when "Views" is not null then 'views' end,
        case when "Engaged views" is not null then 'engaged_views' end,
        case when "Watch time (hours)" is not null then 'watch_hours' end,
        case when "Subscribers" is not null then 'subscribers' end,
        case when "Likes" is not null then 'likes' end,
        case when "Comments added" is not null then 'comments' end,
        case when "Shares" is not null then 'shares' end,
        case when "Impressions" is not null then 'impressions' end,
        case when estimated_revenue is not null then 'estimated_revenue' end
    ) as metrics,
    coalesce(
        trimmed(
            coalesce(
                "Content",
                "Geography",
                "Cities",
                "Viewer age",
                "Viewer gender",
                "Traffic source",
                "Device type"
            )
        ),
        ''
    ) as value,
    case
        when "Content" is not null then 'content'
        when "Geography" is not null then 'geography'
        when "Cities" is not null then 'cities'
        when "Viewer age" is not null then 'viewer_age'
        when "Viewer gender" is not null then 'viewer_gender'
        when "Traffic source" is not null then 'traffic_source'
        when "Device type" is not null then 'device_type'
        else 'date'
    end as tab,
    iso_date("Date") as date,
    month_of(iso_date("Date")) as month,
    iso_date("Date") > _as_of::date - 3 as is_partial,
    case
        when iso_date("Date") is null then 'Date is not a day (YYYY-MM-DD)'
        when not is_count_or_unknown("Views") then 'Views is not a whole number'
        when not is_count_or_unknown("Engaged views") then 'Engaged views is not a whole number'
        when not is_decimal_or_unknown("Watch time (hours)")
            then 'Watch time (hours) is not a number'
        when not is_change_or_unknown("Subscribers") then 'Subscribers is not a whole number'
        when not is_change_or_unknown("Likes") then 'Likes is not a whole number'
        when not is_change_or_unknown("Comments added") then 'Comments added is not a whole number'
        when not is_change_or_unknown("Shares") then 'Shares is not a whole number'
        when not is_count_or_unknown("Impressions") then 'Impressions is not a whole number'
        when not is_decimal_or_unknown(estimated_revenue) then 'Estimated revenue is not a number'
    end as reject_reason
from landing
