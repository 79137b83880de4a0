-- One row per month, platform, artist, playlist and window: the newest picture of it.
-- partition: month
-- key: month, platform, time_window, artist, playlist_title, author
-- incremental: required
-- column month: Month (YYYY-MM) of the pictures.
-- column platform: Platform of the playlist.
-- column time_window: Window of the picture, such as 28day.
-- column artist: Artist as in the catalog, or as the source writes it.
-- column playlist_title: Title of the playlist.
-- column author: Who keeps the playlist; NULL if not told.
-- column first_seen: First day of the month it was seen on.
-- column captured_on: Last day of the month it was seen on; the numbers are those of that day.
-- column last_picture: Last day of the month on which this window of the artist was looked at.
-- column streams: Streams in the window through playlists of that title and author; never add
--     windows.
-- column listeners: People who listened in the window; NULL for several lines of that title.
-- column date_added: When the artist came onto it, if the source says so.
--
-- Small, and built month by month. Playlists of one title and author cannot be told apart: their
-- streams add up within a picture. Of two logins the larger picture counts.
with playlists as (
    select
        captured_on,
        month,
        platform,
        source,
        account,
        time_window,
        artist_name,
        playlist_title,
        author,
        streams,
        listeners,
        date_added
    from feeds.playlists
),

artists as (
    select source, alias_key, artist
    from staging.catalog__artists
),

named as (
    select
        playlists.* exclude (artist_name),
        coalesce(source_alias.artist, any_alias.artist, playlists.artist_name) as artist
    from playlists
    left join artists as source_alias
        on playlists.source = source_alias.source
        and name_key(playlists.artist_name) = source_alias.alias_key
    left join artists as any_alias
        on any_alias.source is null
        and name_key(playlists.artist_name) = any_alias.alias_key
),

pictures as (
    select
        month,
        platform,
        time_window,
        artist,
        playlist_title,
        author,
        captured_on,
        account,
        sum(streams)::bigint as streams,
        case when count(*) = 1 then max(listeners) end as listeners,
        min(date_added) as date_added
    from named
    group by
        month, platform, time_window, artist, playlist_title, author, captured_on, account
),

dated as (
    select
        *,
        max(captured_on) over (partition by month, platform, time_window, artist) as last_picture,
        min(captured_on) over (
            partition by month, platform, time_window, artist, playlist_title, author
        ) as first_seen
    from pictures
)

select
    dated.month,
    dated.platform,
    dated.time_window,
    dated.artist,
    dated.playlist_title,
    dated.author,
    dated.first_seen,
    dated.captured_on,
    dated.last_picture,
    dated.streams,
    dated.listeners,
    dated.date_added
from dated
qualify row_number() over (
    partition by
        dated.month,
        dated.platform,
        dated.time_window,
        dated.artist,
        dated.playlist_title,
        dated.author
    order by
        dated.captured_on desc,
        dated.streams desc,
        dated.listeners desc,
        dated.date_added,
        dated.account
) = 1
