-- One row per song in the answer behind Spotify for Artists' song list of an artist and window.
-- format: json
-- columns: id, numStreams, [trackName], [trackUri], [releaseDate], [imageUrl], [numListeners],
--     [numSavers], [numCanvasViews], [isDisabled]
-- records: data.songs[] | songs[]
-- captured: timestamp
-- file: spotify_songs_(?P<artist_id>\w+)_(?P<window>\d+(?:day|year)|all)_(?P<as_of>\d{8}_\d{6}).*
-- partition: account, artist_id, time_window, month, captured_on
--
-- As with the CSV of songs, artist and window are in the file's name and the day is that of the
-- capture; unlike there, each song has its Spotify id. Counts may be text with thousands commas.
select
    artist_id,
    "window" as time_window,
    record->>'id' as track_id,
    record->>'trackName' as track_name,
    record->>'trackUri' as track_uri,
    record->>'releaseDate' as release_date,
    record->>'imageUrl' as image_url,
    record->>'numStreams' as streams,
    record->>'numListeners' as listeners,
    record->>'numSavers' as savers,
    record->>'numCanvasViews' as canvas_views,
    record->>'isDisabled' as is_disabled,
    strftime(_as_of, '%Y-%m') as month,
    strftime(_as_of, '%Y-%m-%d') as captured_on,
    case
        when trimmed(artist_id) is null or trimmed("window") is null
            then 'the file name does not say artist and window (spotify_songs_ID_28day_…json)'
        when not regexp_full_match("window", '1day|7day|28day|1year|all')
            then 'the window is none of 1day, 7day, 28day, 1year and all'
        when trimmed(record->>'id') is null then 'id is empty'
        when not is_count_or_unknown(ungrouped(record->>'numStreams'))
            then 'numStreams is not a whole number'
        when not is_count_or_unknown(ungrouped(record->>'numListeners'))
            then 'numListeners is not a whole number'
        when not is_count_or_unknown(ungrouped(record->>'numSavers'))
            then 'numSavers is not a whole number'
        when not is_count_or_unknown(ungrouped(record->>'numCanvasViews'))
            then 'numCanvasViews is not a whole number'
    end as reject_reason
from landing
