-- One row per line of a Table data.csv of YouTube Studio, its total and trailer included, as text.
-- format: csv
-- columns: [Content], [Date], [Geography], [Cities], [Viewer age], [Viewer gender],
--     [Traffic source], [Device type], [City name], [Video title], [Video publish time],
--     [Duration], [Views], [Engaged views], ["Watch time (hours)"], [Subscribers], [Likes],
--     [Comments added], [Shares], [Impressions | Thumbnail impressions], [Subscribers gained],
--     [Subscribers lost], [Dislikes], ["Likes (vs. dislikes) (%)"],
--     ["Impressions click-through rate (%)"], [Unique viewers], [Average views per viewer],
--     [Returning viewers], ["Average percentage viewed (%)"], [Average view duration],
--     ["Views (%)"], ["Watch time (hours) (%)"],
--     [Estimated revenue | "/Estimated revenue \((?P<currency>[A-Z]{3})\)/"]
-- some: Content, Date, Geography, Cities, Viewer age, Viewer gender, Traffic source, Device type
-- some: Views, Engaged views, "Watch time (hours)", Subscribers, Likes, Comments added, Shares,
--     Impressions, "Views (%)", Estimated revenue
-- file: (?i).*(?P<part>Table data)(?:.*?(?P<period>lifetime))?.*\.csv
-- file: (?i).*(?P<period>lifetime).*\.zip
-- partition: account, tab, line_kind, month, date
-- fresh: 8d
--
-- The first column names the tab, the others are chosen by who exports. The first line is the total
-- of what was asked for, the last one may say that the list was cut off: both are kept apart.
-- Neither channel nor period stands in the file, so an export is a picture of the day it was taken;
-- only the tab Date has days of its own, the newest of which are still growing. Whoever exports the
-- period Lifetime says so in the file's name. Revenue has its currency in the header.
select
    lower(period) as period,
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
    "Subscribers gained" as subscribers_gained,
    "Subscribers lost" as subscribers_lost,
    "Unique viewers" as unique_viewers,
    "Average view duration" as average_view_duration,
    "Views (%)" as views_percentage,
    "Estimated revenue" as estimated_revenue,
    case when "Estimated revenue" is not null then currency end as currency,
    trimmed(
        coalesce(
            "Content",
            "Date",
            "Geography",
            "Cities",
            "Viewer age",
            "Viewer gender",
            "Traffic source",
            "Device type"
        )
    ) as value,
    case
        when "Content" is not null then 'content'
        when "Date" is not null then 'date'
        when "Geography" is not null then 'geography'
        when "Cities" is not null then 'cities'
        when "Viewer age" is not null then 'viewer_age'
        when "Viewer gender" is not null then 'viewer_gender'
        when "Traffic source" is not null then 'traffic_source'
        when "Device type" is not null then 'device_type'
    end as tab,
    studio_line_kind(value) as line_kind,
    case
        when tab = 'date' and line_kind = 'row' then iso_date("Date")
        else _as_of::date
    end as date,
    month_of(
        case
            when tab = 'date' and line_kind = 'row' then iso_date("Date")
            else _as_of::date
        end
    ) as month,
    coalesce(tab = 'date' and iso_date("Date") > _as_of::date - 3, false) as is_partial,
    case
        when value is null then 'the first column is empty'
        when "Date" is not null
            and coalesce(
                "Content",
                "Geography",
                "Cities",
                "Viewer age",
                "Viewer gender",
                "Traffic source",
                "Device type"
            ) is not null
            then 'Date beside another first column is that of a chart'
        when tab = 'date' and line_kind = 'row' and iso_date("Date") is null
            then 'Date is not a day (YYYY-MM-DD)'
        when "Video publish time" is not null and studio_published("Video publish time") is null
            then 'Video publish time is not a day (Nov 10, 2025)'
        when not is_count_or_unknown("Views") then 'Views is not a whole number'
        when not is_count_or_unknown("Engaged views") then 'Engaged views is not a whole number'
        when not is_decimal_or_unknown("Watch time (hours)")
            then 'Watch time (hours) is not a number'
        when not is_change_or_unknown("Subscribers") then 'Subscribers is not a whole number'
        when not is_count_or_unknown("Subscribers gained")
            then 'Subscribers gained is not a whole number'
        when not is_count_or_unknown("Subscribers lost")
            then 'Subscribers lost is not a whole number'
        when not is_decimal_or_unknown("Views (%)") then 'Views (%) is not a number'
        when not is_change_or_unknown("Likes") then 'Likes is not a whole number'
        when not is_change_or_unknown("Comments added") then 'Comments added is not a whole number'
        when not is_change_or_unknown("Shares") then 'Shares is not a whole number'
        when not is_count_or_unknown("Impressions") then 'Impressions is not a whole number'
        when not is_decimal_or_unknown(estimated_revenue) then 'Estimated revenue is not a number'
    end as reject_reason
from landing
