-- One row per platform, artist, playlist and window: since when it is there and what it brings.
-- key: platform, artist, playlist_title, author, time_window
-- check: first_seen <= last_seen
-- export: yes
-- column platform: Platform of the playlist.
-- column artist: Artist as in the catalog, or as the source writes it.
-- column playlist_title: Title of the playlist.
-- column author: Who keeps the playlist; NULL if not told.
-- column time_window: Window looked at, such as 28day. Windows overlap: never add them up.
-- column streams: Streams in the window until last_seen; never add windows.
-- column listeners: People who listened in the window until last_seen; NULL if not told.
-- column streams_per_listener: streams by listeners, to 9 decimals; NULL at none or not told.
-- column date_added: When the artist came onto it, if the source says so.
-- column first_seen: First day on which a picture showed it.
-- column last_seen: Last day on which a picture showed it.
-- column last_picture: Last day on which this window of the artist was looked at.
-- column is_present: The newest picture of the window still shows it.
--
-- A list shows playlists that brought streams in the window: one that is missing was not
-- necessarily left, only silent.
with playlist_months as (
    select
        platform,
        time_window,
        artist,
        playlist_title,
        author,
        first_seen,
        captured_on,
        last_picture,
        streams,
        listeners,
        date_added
    from curated.playlist_months
),

looked_at as (
    select platform, time_window, artist, max(last_picture) as last_picture
    from playlist_months
    group by platform, time_window, artist
),

newest as (
    select
        * exclude (first_seen, last_picture, date_added),
        min(first_seen) over same_playlist as first_seen,
        min(date_added) over same_playlist as date_added
    from playlist_months
    window same_playlist as (
        partition by platform, time_window, artist, playlist_title, author
    )
    qualify row_number() over (
        partition by platform, time_window, artist, playlist_title, author
        order by captured_on desc
    ) = 1
)

select
    newest.platform,
    newest.artist,
    newest.playlist_title,
    newest.author,
    newest.time_window,
    newest.streams,
    newest.listeners,
    (newest.streams::double / nullif(newest.listeners, 0))::decimal(18, 9)
        as streams_per_listener,
    newest.date_added,
    newest.first_seen,
    newest.captured_on as last_seen,
    looked_at.last_picture,
    newest.captured_on = looked_at.last_picture as is_present
from newest
inner join looked_at
    on newest.platform = looked_at.platform
    and newest.time_window = looked_at.time_window
    and newest.artist is not distinct from looked_at.artist
