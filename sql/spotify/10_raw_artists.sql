-- One row per artist in an answer of Spotify's Web API.
-- format: json
-- columns: id, name, type, uri, images, [followers], [popularity], [genres], [href],
--     [external_urls]
-- records: artists[] | $
-- file: .*(?P<as_of>\d{8}_\d{6}).*
-- partition: account, artist_id, month, captured_on
-- fresh: 1d
--
-- Since February 2026 apps without extended quota get no followers, popularity and genres any more:
-- what is absent is unknown. An artist inside an album or track has no images and is not read.
select
    record->>'id' as artist_id,
    record->>'name' as name,
    record->>'type' as type,
    record->>'uri' as uri,
    record->'followers'->>'total' as followers,
    record->>'popularity' as popularity,
    record->>'genres' as genres,
    strftime(_as_of, '%Y-%m') as month,
    strftime(_as_of, '%Y-%m-%d') as captured_on,
    case
        when trimmed(record->>'id') is null then 'id is empty'
        when record->>'type' is distinct from 'artist' then 'type is not artist'
        when trimmed(record->>'name') is null then 'name is empty'
        when not is_count_or_unknown(record->'followers'->>'total')
            then 'followers.total is not a whole number'
        when not is_count_or_unknown(record->>'popularity')
            then 'popularity is not a whole number'
    end as reject_reason
from landing
