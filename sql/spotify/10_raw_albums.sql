-- One row per album in an answer of Spotify's Web API, one album or a page of an artist's.
-- format: json
-- columns: id, name, album_type, release_date, release_date_precision, type, uri, [total_tracks],
--     [artists], [external_ids], [label], [popularity], [available_markets], [album_group],
--     [tracks], [copyrights], [genres], [images], [href], [external_urls], [is_playable],
--     [restrictions]
-- records: {list=albums,items}[] | $
-- file: .*(?P<as_of>\d{8}_\d{6}).*
-- partition: account, album_id, answer, month, captured_on
-- fresh: 1d
--
-- A page of an artist's albums says less of each than the album's own answer, so the two are kept
-- apart and staging takes the fuller one of a day. label, popularity and available_markets are gone
-- for most apps since February 2026.
select
    record->>'id' as album_id,
    coalesce(nullif(list, ''), 'album') as answer,
    record->>'name' as name,
    record->>'album_type' as album_type,
    record->>'release_date' as release_date,
    record->>'release_date_precision' as release_date_precision,
    record->>'total_tracks' as total_tracks,
    record->'artists'->0->>'id' as first_artist_id,
    record->>'artists' as artists,
    record->'external_ids'->>'upc' as upc,
    record->>'label' as label,
    record->>'popularity' as popularity,
    strftime(_as_of, '%Y-%m') as month,
    strftime(_as_of, '%Y-%m-%d') as captured_on,
    case
        when trimmed(record->>'id') is null then 'id is empty'
        when record->>'type' is distinct from 'album' then 'type is not album'
        when not is_release_date(record->>'release_date', record->>'release_date_precision')
            then 'release_date is not as precise as release_date_precision says'
        when not is_count_or_unknown(record->>'total_tracks')
            then 'total_tracks is not a whole number'
        when not is_count_or_unknown(record->>'popularity')
            then 'popularity is not a whole number'
    end as reject_reason
from landing
