-- One row per store name as DistroKid writes it, with the platform and what its units are.
-- key: store_key
-- check: store_class in ('streaming', 'download', 'social', 'ads')
--
-- A unit is a stream only in a store of class streaming. Uses in social networks are counted in
-- units that dwarf streams, and a video ad pays money without a play. Compared by name_key.
with known_stores as (
    select *
    from (
        values
            ('Spotify', 'spotify', 'streaming'),
            ('Apple Music', 'apple_music', 'streaming'),
            ('iTunes Match', 'itunes', 'streaming'),
            ('YouTube (Red)', 'youtube', 'streaming'),
            ('YouTube (Audio)', 'youtube', 'streaming'),
            ('Tidal', 'tidal', 'streaming'),
            ('Deezer', 'deezer', 'streaming'),
            ('Amazon Unlimited (Streaming)', 'amazon_music', 'streaming'),
            ('Amazon Prime (Streaming)', 'amazon_music', 'streaming'),
            ('Pandora', 'pandora', 'streaming'),
            ('NetEase', 'netease', 'streaming'),
            ('Flo', 'flo', 'streaming'),
            ('Yandex', 'yandex_music', 'streaming'),
            ('Resso', 'resso', 'streaming'),
            ('Boomplay', 'boomplay', 'streaming'),
            ('Anghami', 'anghami', 'streaming'),
            ('Napster', 'napster', 'streaming'),
            ('Tencent', 'tencent_music', 'streaming'),
            ('Google Play All Access', 'google_play', 'streaming'),
            ('iTunes', 'itunes', 'download'),
            ('iTunes Songs', 'itunes', 'download'),
            ('Amazon (Downloads)', 'amazon_music', 'download'),
            ('Facebook', 'facebook', 'social'),
            ('TikTok', 'tiktok', 'social'),
            ('Snap', 'snapchat', 'social'),
            ('YouTube (Ads)', 'youtube', 'ads')
    ) as listed (store, platform, store_class)
)

select
    name_key(known_stores.store) as store_key,
    known_stores.store,
    known_stores.platform,
    known_stores.store_class
from known_stores
