-- One row per track in an answer of Spotify's Web API, one track or a page of an album's.
-- format: json
-- columns: id, name, duration_ms, track_number, type, uri, [disc_number], [explicit], [is_local],
--     [is_playable], [external_ids], [preview_url], [popularity], [available_markets],
--     [linked_from], [artists], [album], [href], [external_urls], [restrictions]
-- records: {list=tracks,items}[] | $
-- file: .*(?P<as_of>\d{8}_\d{6}).*
-- partition: account, track_id, answer, month, captured_on
-- fresh: 1d
--
-- Asked with a market, Spotify may answer with another recording of the same track and say in
-- linked_from which one was asked for: that one is the key. A page of an album's tracks has no
-- ISRC.
select
    coalesce(record->'linked_from'->>'id', record->>'id') as track_id,
    record->>'id' as answered_id,
    coalesce(nullif(list, ''), 'track') as answer,
    record->>'name' as name,
    record->'external_ids'->>'isrc' as isrc,
    record->'album'->>'id' as album_id,
    record->'artists'->0->>'id' as first_artist_id,
    record->>'artists' as artists,
    record->>'duration_ms' as duration_ms,
    record->>'disc_number' as disc_number,
    record->>'track_number' as track_number,
    record->>'explicit' as explicit,
    record->>'is_playable' as is_playable,
    record->>'popularity' as popularity,
    strftime(_as_of, '%Y-%m') as month,
    strftime(_as_of, '%Y-%m-%d') as captured_on,
    case
        when trimmed(record->>'id') is null then 'id is empty'
        when record->>'type' is distinct from 'track' then 'type is not track'
        when not is_count(record->>'duration_ms') then 'duration_ms is not a whole number'
        when not is_count(record->>'track_number') then 'track_number is not a whole number'
        when not is_count_or_unknown(record->>'disc_number')
            then 'disc_number is not a whole number'
        when not is_count_or_unknown(record->>'popularity')
            then 'popularity is not a whole number'
    end as reject_reason
from landing
