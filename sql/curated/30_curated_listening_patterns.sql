-- One row per month, platform, artist and weekday: what a listener does on such a day.
-- partition: month
-- key: month, platform, source, artist, weekday
-- incremental: required
-- check: weekday between 1 and 7 and day_count > 0
-- check: (streams_per_listener is null) = (streams is null or coalesce(listener_days, 0) = 0)
-- export: yes
-- column month: Month (YYYY-MM).
-- column platform: Platform that was listened on.
-- column source: Source that tells it; artists and months of other sources have no row.
-- column artist: Artist as in the catalog, or as the source writes it.
-- column weekday: 1 for Monday to 7 for Sunday, as the platform cuts days.
-- column weekday_name: Its English name.
-- column day_count: Finished days of that weekday that tell streams and listeners.
-- column streams: Streams of these days; a numerator, never add it up: streams_daily says how many
--     there were.
-- column listener_days: Listeners of these days, added: a person counts once on each day.
-- column streams_per_listener: streams by listener_days; NULL without listeners.
-- column streams_per_day: streams by day_count.
-- column saves: Saves of the days that tell them.
-- column saves_listener_days: Listeners of the days that tell saves.
-- column saves_per_listener: saves by saves_listener_days; NULL without listeners.
-- column playlist_adds: Playlist adds of the days that tell them.
-- column playlist_listener_days: Listeners of the days that tell playlist adds.
-- column playlist_adds_per_listener: playlist_adds by playlist_listener_days; NULL if none.
--
-- Parts and listeners are of the very same days, so months and years are ratios of sums. Days not
-- finished are left out. An artist seen through two logins counts once: the larger is the fresher.
with listening as (
    select
        date,
        month,
        platform,
        source,
        artist_name,
        streams,
        listeners,
        saves,
        playlist_adds
    from feeds.listening
    where not is_partial and streams is not null and listeners is not null
),

artists as (
    select source, alias_key, artist
    from staging.catalog__artists
),

days as (
    select
        listening.date,
        listening.month,
        listening.platform,
        listening.source,
        coalesce(source_alias.artist, any_alias.artist, listening.artist_name) as artist,
        max(listening.streams) as streams,
        max(listening.listeners) as listeners,
        max(listening.saves) as saves,
        max(listening.playlist_adds) as playlist_adds
    from listening
    left join artists as source_alias
        on listening.source = source_alias.source
        and name_key(listening.artist_name) = source_alias.alias_key
    left join artists as any_alias
        on any_alias.source is null
        and name_key(listening.artist_name) = any_alias.alias_key
    group by
        listening.date,
        listening.month,
        listening.platform,
        listening.source,
        coalesce(source_alias.artist, any_alias.artist, listening.artist_name)
),

weekdays as (
    select
        month,
        platform,
        source,
        artist,
        isodow(date) as weekday,
        dayname(date) as weekday_name,
        count(*) as day_count,
        sum(streams)::bigint as streams,
        sum(listeners)::bigint as listener_days,
        sum(saves)::bigint as saves,
        sum(listeners) filter (where saves is not null)::bigint as saves_listener_days,
        sum(playlist_adds)::bigint as playlist_adds,
        sum(listeners) filter (where playlist_adds is not null)::bigint as playlist_listener_days
    from days
    group by month, platform, source, artist, isodow(date), dayname(date)
)

select
    weekdays.month,
    weekdays.platform,
    weekdays.source,
    weekdays.artist,
    weekdays.weekday,
    weekdays.weekday_name,
    weekdays.day_count,
    weekdays.streams,
    weekdays.listener_days,
    (weekdays.streams / nullif(weekdays.listener_days, 0))::decimal(24, 9)
        as streams_per_listener,
    (weekdays.streams / weekdays.day_count)::decimal(24, 9) as streams_per_day,
    weekdays.saves,
    weekdays.saves_listener_days,
    (weekdays.saves / nullif(weekdays.saves_listener_days, 0))::decimal(24, 9)
        as saves_per_listener,
    weekdays.playlist_adds,
    weekdays.playlist_listener_days,
    (weekdays.playlist_adds / nullif(weekdays.playlist_listener_days, 0))::decimal(24, 9)
        as playlist_adds_per_listener
from weekdays
