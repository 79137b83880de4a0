-- One row per month, platform, window, recording or song title, and day: what is shown of it.
-- partition: month
-- key: month, platform, time_window, isrc, artist, track, date
-- incremental: required
-- check: coalesce(streams, 0) >= 0
-- column month: Month (YYYY-MM) of the date.
-- column date: The day itself, or the day until which the window was looked at.
-- column platform: Platform the streams happened on.
-- column time_window: day, or the window of the picture, such as 28day.
-- column isrc: ISRC of the recording; NULL while the catalog does not know one of that title.
-- column artist: Artist as in the catalog, or as the source writes it; NULL if it does not say.
-- column track: Track as in the catalog, or as the source writes it.
-- column streams: Streams of the day or window. Windows overlap: never add them up.
-- column listeners: People who listened in the window; NULL if not told.
-- column saves: People who saved the song in the window; NULL if not told.
-- column is_partial: The day is not finished.
--
-- A source that names no ISRC is believed by title where the catalog has one recording of that
-- title (and artist, where the source says it). Spotify writes _ for ? / : in file names. Seen
-- through two logins it is still one song: the finished day counts, then the larger number.
with track_streams as (
    select
        date,
        month,
        platform,
        source,
        time_window,
        isrc,
        artist_name,
        track_title,
        streams,
        listeners,
        saves,
        is_partial
    from feeds.track_streams
),

artists as (
    select source, alias_key, artist
    from staging.catalog__artists
),

tracks as (
    select isrc, track, artist
    from staging.catalog__tracks
),

titles as (
    select name_key(translate(track, '?/:', '___')) as title_key, artist, isrc
    from tracks
),

titles_of_artists as (
    select title_key, artist, min(isrc) as isrc
    from titles
    group by title_key, artist
    having count(*) = 1
),

titles_of_all as (
    select title_key, min(isrc) as isrc
    from titles
    group by title_key
    having count(*) = 1
),

named as (
    select
        track_streams.* exclude (artist_name),
        name_key(translate(track_streams.track_title, '?/:', '___')) as title_key,
        coalesce(source_alias.artist, any_alias.artist, track_streams.artist_name) as artist
    from track_streams
    left join artists as source_alias
        on track_streams.source = source_alias.source
        and name_key(track_streams.artist_name) = source_alias.alias_key
    left join artists as any_alias
        on any_alias.source is null
        and name_key(track_streams.artist_name) = any_alias.alias_key
),

resolved as (
    select
        named.* exclude (isrc, title_key),
        coalesce(
            named.isrc,
            titles_of_artists.isrc,
            case when named.artist is null then titles_of_all.isrc end
        ) as isrc
    from named
    left join titles_of_artists
        on named.title_key = titles_of_artists.title_key
        and named.artist = titles_of_artists.artist
    left join titles_of_all on named.title_key = titles_of_all.title_key
),

recordings as (
    select
        resolved.* exclude (artist, track_title, isrc),
        resolved.isrc,
        coalesce(tracks.artist, resolved.artist) as artist,
        coalesce(tracks.track, resolved.track_title) as track
    from resolved
    left join tracks on resolved.isrc = tracks.isrc
),

seen_once as (
    select *
    from recordings
    qualify row_number() over (
        partition by
            month,
            platform,
            time_window,
            isrc,
            artist,
            track,
            date
        order by is_partial, streams desc, listeners desc, saves desc
    ) = 1
)

select
    seen_once.month,
    seen_once.date,
    seen_once.platform,
    seen_once.time_window,
    seen_once.isrc,
    seen_once.artist,
    seen_once.track,
    seen_once.streams,
    seen_once.listeners,
    seen_once.saves,
    seen_once.is_partial
from seen_once
