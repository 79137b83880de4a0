-- One row per day of a Spotify for Artists audience timeline.
-- format: csv
-- columns: date, listeners, streams | écoutes, [followers], [monthly listeners],
--     [monthly active listeners], [super listeners], [playlist adds], [saves]
-- file: (?P<artist>.+)-audience-timeline.*
-- file: spotify_audience_(?P<artist>[0-9A-Za-z]+)_\d{8}_\d{6}.*
-- partition: account, artist, month, date
-- fresh: 3d
--
-- The artist stands in the file name only (its name, or Spotify's id in the predecessor's names).
-- The order and number of columns change every few months, so they are read by name.
-- Data reaches about two days back; anything nearer is taken as unfinished.
select
    artist,
    listeners,
    streams,
    followers,
    "monthly listeners" as monthly_listeners,
    "monthly active listeners" as monthly_active_listeners,
    "super listeners" as super_listeners,
    "playlist adds" as playlist_adds,
    saves,
    iso_date("date") as date,
    month_of(iso_date("date")) as month,
    iso_date("date") > _as_of::date - 2 as is_partial,
    case
        when trimmed(artist) is null then 'the file name does not say the artist'
        when iso_date("date") is null then 'date is not a day (YYYY-MM-DD)'
        when not is_count_or_unknown(listeners) then 'listeners is not a whole number'
        when not is_count_or_unknown(streams) then 'streams is not a whole number'
        when not is_count_or_unknown(followers) then 'followers is not a whole number'
    end as reject_reason
from landing
