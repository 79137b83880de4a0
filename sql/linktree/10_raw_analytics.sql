-- One row per day, link, referrer, device, place or total in an answer of Linktree's analytics.
-- format: json
-- columns: [date], [totalViews], [totalClicks], [uniqueViews], [uniqueClicks], [clickThroughRate],
--     [id], [name], [countryCode], [coordinates], [views], [clicks], [breakdown], [ctr],
--     [timeToClick], [clickThroughBenchmark], [timeseries], [subscribers], [earnings], [__typename]
-- records: data.getAccountAnalytics.overview.{part=timeseries}[]
--     & data.getAccountAnalytics.{part=links}[]
--     & data.getAccountAnalytics.referrers.{part=referrers}[]
--     & data.getAccountAnalytics.devices.{part=devices}[]
--     & data.getAccountAnalytics.locations.{part=countries,cities}[]
--     & data.getAccountAnalytics.{part=overview,lifetime}
-- file: graphql_(?P<answer>(?P<as_of>\d{8}_\d{6})_\d+)\.json
-- file: (?P<answer>.+)\.json
-- refuse: currentUser, email, emailAddress, phoneNumber, wallet, analyticsChat
-- partition: account, part, answer, month, date
-- fresh: 1d
--
-- A run of the page brings some eighteen answers, most of them about other things; and two about
-- the same days, for the last 7 and the last 365. So whatever may differ between two answers of one
-- run is kept by answer, and staging chooses: days that are not over, and the pictures of a window.
-- A day that is over has one state, that of the newest answer. Nobody says which time zone a day is
-- of, so it is over when it is over everywhere.
-- socials.timeseries is left out: each of its days repeats the figure of a lifetime.
select
    part,
    case
        when part != 'timeseries' or is_running(iso_date(record->>'date'), _as_of) then answer
        else ''
    end as answer,
    record->>'id' as link_id,
    record->>'name' as name,
    record->>'countryCode' as country_code,
    case
        when regexp_full_match(part, 'timeseries|overview') then record->>'totalViews'
        else total_of(record->'views')
    end as views,
    case
        when regexp_full_match(part, 'timeseries|overview') then record->>'totalClicks'
        else total_of(record->'clicks')
    end as clicks,
    record->>'uniqueViews' as unique_views,
    record->>'uniqueClicks' as unique_clicks,
    record->>'clickThroughRate' as click_through_rate,
    case when part = 'overview' then json_array_length(record->'timeseries')::bigint end as days,
    case when part = 'overview' then sum_of(record->'timeseries', '$[*].totalViews') end
        as views_of_days,
    case when part = 'overview' then sum_of(record->'timeseries', '$[*].totalClicks') end
        as clicks_of_days,
    case part when 'timeseries' then iso_date(record->>'date') else _as_of::date end as date,
    month_of(
        case part when 'timeseries' then iso_date(record->>'date') else _as_of::date end
    ) as month,
    part = 'timeseries' and is_running(iso_date(record->>'date'), _as_of) as is_partial,
    case
        when part = 'timeseries' and iso_date(record->>'date') is null
            then 'date is not a day (YYYY-MM-DD)'
        when part = 'timeseries' and iso_date(record->>'date') > _as_of::date + 1
            then 'date is after the day of capture'
        when regexp_full_match(part, 'timeseries|overview')
            and not (is_count(record->>'totalViews') and is_count(record->>'totalClicks'))
            then 'totalViews or totalClicks is not a whole number'
        when not is_count_or_unknown(record->>'uniqueViews')
            or not is_count_or_unknown(record->>'uniqueClicks')
            then 'uniqueViews or uniqueClicks is not a whole number'
        when part = 'links' and trimmed(record->>'id') is null then 'id is empty'
        when regexp_full_match(part, 'referrers|devices|countries|cities')
            and trimmed(record->>'name') is null
            then 'name is empty'
        when not regexp_full_match(part, 'timeseries|overview')
            and known(total_of(record->'views')) is null
            and known(total_of(record->'clicks')) is null
            then 'neither views nor clicks are told'
        when not regexp_full_match(part, 'timeseries|overview')
            and not (
                is_count_or_unknown(total_of(record->'views'))
                and is_count_or_unknown(total_of(record->'clicks'))
            )
            then 'views or clicks is not a whole number'
    end as reject_reason
from landing
