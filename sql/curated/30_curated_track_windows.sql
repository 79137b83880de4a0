-- One row per month, platform, recording or song title and window: the newest picture of it.
-- partition: year, month
-- key: year, month, platform, time_window, isrc, artist, track
-- incremental: required
-- check: coalesce(streams, 0) >= 0
-- export: yes
-- column year: Year (YYYY) of month.
-- column month: Month (YYYY-MM) of the picture, or of the days.
-- column platform: Platform the streams happened on.
-- column time_window: days: the month's own days; else the window of the picture, such as 28day.
-- column isrc: ISRC of the recording; NULL while the catalog does not know one of that title.
-- column artist: Artist as in the catalog, or as the source writes it; NULL if it does not say.
-- column track: Track as in the catalog, or as the source writes it.
-- column first_date: First of the days; the day of the picture for windows.
-- column last_date: Last of the days; the day of the picture for windows.
-- column day_count: Days of the month with a number; NULL for windows.
-- column streams: Streams of the window or the days. Windows overlap: never add them up.
-- column listeners: People who listened in the window; NULL if not told.
-- column saves: People who saved the song in the window; NULL if not told.
-- column is_partial: A day of the month is missing or not finished; false for windows.
--
-- Of a window the newest picture of the month counts.
with track_reported as (
    select
        month,
        date,
        platform,
        time_window,
        isrc,
        artist,
        track,
        streams,
        listeners,
        saves,
        is_partial
    from curated.track_reported
),

newest as (
    select *
    from track_reported
    qualify time_window = 'day'
        or date = max(date) over (
            partition by month, platform, time_window, isrc, artist, track
        )
)

select
    left(newest.month, 4) as year,
    newest.month,
    newest.platform,
    case when newest.time_window = 'day' then 'days' else newest.time_window end
        as time_window,
    newest.isrc,
    newest.artist,
    newest.track,
    min(newest.date) as first_date,
    max(newest.date) as last_date,
    case when newest.time_window = 'day' then count(*) end::bigint as day_count,
    sum(newest.streams)::bigint as streams,
    max(newest.listeners) as listeners,
    max(newest.saves) as saves,
    newest.time_window = 'day'
    and (
        bool_or(newest.is_partial)
        or count(*) < day(last_day((newest.month || '-01')::date))
    ) as is_partial
from newest
group by
    newest.month,
    newest.platform,
    newest.time_window,
    newest.isrc,
    newest.artist,
    newest.track
