-- One row per recording with a release date, platform and window of days since release: its sums.
-- key: isrc, platform, days_since_release
-- check: artist_day_count between 0 and days_since_release
-- check: (artist_streams is null) = (artist_day_count < days_since_release)
-- column isrc: ISRC of the recording.
-- column track: Track as in the catalog.
-- column artist: Artist as in the catalog.
-- column platform: Platform the streams happened on.
-- column release_date: Day of release as in the catalog, day 1 of the window.
-- column days_since_release: Length of the window in days.
-- column window_end: Last day of the window.
-- column artist_streams: Streams of all of the artist in it, never add windows; NULL unless every
--     day is whole.
-- column artist_day_count: Days of the window with a finished number of the artist.
-- column track_streams: Streams of the recording in the window, never add windows; NULL unless
--     every day is whole.
-- column track_day_count: Days of the window with a finished number of the recording.
-- column link_clicks: Clicks on the artist's link page in the window, on the days that are told.
-- column link_day_count: Days of the window with clicks told.
-- column posts: Posts of the artist published in the window; NULL when none until then is known.
-- column ad_spend_usd: Ad spend for the artist in the window, in USD; NULL when unknown or none.
-- column ad_day_count: Days of the window with ads reported.
--
-- Built whole: windows look across months. A platform counts where somebody names the artist on it.
with tracks as (
    select isrc, track, artist, release_date
    from staging.catalog__tracks
    where release_date is not null
),

streams_daily as (
    select date, platform, artist, streams
    from curated.streams_daily
    where artist is not null and not is_partial
),

track_days as (
    select date, platform, isrc, artist, streams
    from curated.track_reported
    where time_window = 'day' and isrc is not null and not is_partial
),

features_daily as (
    select date, artist, link_clicks, ad_spend_usd, ad_impressions
    from curated.features_daily
    where link_clicks is not null or ad_impressions is not null
),

post_months as (
    select artist, platform, content_id, published_on
    from curated.post_months
),

platforms as (
    select artist, platform
    from streams_daily
    group by artist, platform
),

windows as (
    select tracks.*, platforms.platform, unnest([7, 28, 90, 365]) as days_since_release
    from tracks
    inner join platforms on tracks.artist = platforms.artist
),

posts as (
    select artist, min(published_on) as published_on
    from post_months
    group by artist, platform, content_id
),

events as (
    select
        'streams' as kind,
        artist,
        null::varchar as isrc,
        platform,
        date,
        streams,
        null::bigint as link_clicks,
        null::decimal(18, 6) as ad_spend_usd,
        null::bigint as ad_impressions
    from streams_daily

    union all

    select
        'track' as kind,
        artist,
        isrc,
        platform,
        date,
        streams,
        null as link_clicks,
        null as ad_spend_usd,
        null as ad_impressions
    from track_days

    union all

    select
        'feature' as kind,
        artist,
        null as isrc,
        null as platform,
        date,
        null as streams,
        link_clicks,
        ad_spend_usd,
        ad_impressions
    from features_daily

    union all

    select
        'post' as kind,
        artist,
        null as isrc,
        null as platform,
        published_on as date,
        null as streams,
        null as link_clicks,
        null as ad_spend_usd,
        null as ad_impressions
    from posts
),

totals as (
    select
        windows.isrc,
        windows.track,
        windows.artist,
        windows.platform,
        windows.release_date,
        windows.days_since_release,
        sum(events.streams) filter (where events.kind = 'streams')::bigint as artist_streams,
        count(*) filter (where events.kind = 'streams')::bigint as artist_day_count,
        sum(events.streams) filter (where events.kind = 'track')::bigint as track_streams,
        count(*) filter (where events.kind = 'track')::bigint as track_day_count,
        sum(events.link_clicks)::bigint as link_clicks,
        count(events.link_clicks)::bigint as link_day_count,
        case
            when bool_or(events.kind = 'post')
                then
                    count(*) filter (
                        where events.kind = 'post' and events.date >= windows.release_date
                    )
        end::bigint as posts,
        case
            when count(events.ad_spend_usd) = count(events.ad_impressions)
                then sum(events.ad_spend_usd)
        end::decimal(18, 6) as ad_spend_usd,
        count(events.ad_impressions)::bigint as ad_day_count
    from windows
    left join events
        on windows.artist = events.artist
        and windows.isrc = coalesce(events.isrc, windows.isrc)
        and windows.platform = coalesce(events.platform, windows.platform)
        and windows.release_date + windows.days_since_release > events.date
        and (events.kind = 'post' or windows.release_date <= events.date)
    group by
        windows.isrc,
        windows.track,
        windows.artist,
        windows.platform,
        windows.release_date,
        windows.days_since_release
)

select
    totals.isrc,
    totals.track,
    totals.artist,
    totals.platform,
    totals.release_date,
    totals.days_since_release::bigint as days_since_release,
    totals.release_date + totals.days_since_release - 1 as window_end,
    case
        when totals.artist_day_count = totals.days_since_release then totals.artist_streams
    end as artist_streams,
    totals.artist_day_count,
    case when totals.track_day_count = totals.days_since_release then totals.track_streams end
        as track_streams,
    totals.track_day_count,
    totals.link_clicks,
    totals.link_day_count,
    totals.posts,
    totals.ad_spend_usd,
    totals.ad_day_count
from totals
