-- One row per recording with a release date, platform and days since release: 7, 28, 90 and 365.
-- key: isrc, platform, days_since_release
-- export: yes
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
-- column median_artist_streams: Median of artist_streams over the catalog, of platform and window.
-- column artist_release_count: Recordings in that median.
-- column artist_streams_to_median_pct: artist_streams in percent of the median; NULL at none.
-- column track_streams: Streams of the recording in the window, never add windows; NULL unless
--     every day is whole.
-- column track_day_count: Days of the window with a finished number of the recording.
-- column median_track_streams: Median of track_streams over the catalog, of platform and window.
-- column track_release_count: Recordings in that median.
-- column track_streams_to_median_pct: track_streams in percent of the median; NULL at none.
-- column link_clicks: Clicks on the artist's link page in the window, on the days that are told.
-- column link_day_count: Days of the window with clicks told.
-- column posts: Posts of the artist published in the window; NULL when none until then is known.
-- column ad_spend_usd: Ad spend for the artist in the window, in USD; NULL when unknown or none.
-- column ad_day_count: Days of the window with ads reported.
-- column is_partial: A day of the window has no finished number of the artist: compare nothing.
--
-- Streams of the artist hold the whole catalogue of it, also of other recordings released that day:
-- they show the time of a release, not its doing. The recording's own are known where a platform
-- shows days of songs. A median of few releases (see the counts, which hold the recording itself)
-- says little. Clicks, posts and ads are those of the artist, the same in the rows of every
-- platform.
with release_windows as (
    select
        isrc,
        track,
        artist,
        platform,
        release_date,
        days_since_release,
        window_end,
        artist_streams,
        artist_day_count,
        track_streams,
        track_day_count,
        link_clicks,
        link_day_count,
        posts,
        ad_spend_usd,
        ad_day_count
    from curated.release_windows
),

compared as (
    select
        *,
        (median(artist_streams) over same_window)::decimal(18, 1) as median_artist_streams,
        (count(artist_streams) over same_window)::bigint as artist_release_count,
        (median(track_streams) over same_window)::decimal(18, 1) as median_track_streams,
        (count(track_streams) over same_window)::bigint as track_release_count
    from release_windows
    window same_window as (partition by platform, days_since_release)
)

select
    compared.isrc,
    compared.track,
    compared.artist,
    compared.platform,
    compared.release_date,
    compared.days_since_release,
    compared.window_end,
    compared.artist_streams,
    compared.artist_day_count,
    compared.median_artist_streams,
    compared.artist_release_count,
    100.0::double * compared.artist_streams / nullif(compared.median_artist_streams, 0)::double
        as artist_streams_to_median_pct,
    compared.track_streams,
    compared.track_day_count,
    compared.median_track_streams,
    compared.track_release_count,
    100.0::double * compared.track_streams / nullif(compared.median_track_streams, 0)::double
        as track_streams_to_median_pct,
    compared.link_clicks,
    compared.link_day_count,
    compared.posts,
    compared.ad_spend_usd,
    compared.ad_day_count,
    compared.artist_day_count < compared.days_since_release as is_partial
from compared
