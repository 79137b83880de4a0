-- One row per channel as TooLost writes it, with the platform and what its units are.
-- key: store_key
-- check: store_class in ('streaming', 'download', 'social', 'ads')
--
-- No real report is public, so these are the platforms' own names; a channel that is missing keeps
-- its money and is listed by curated's check. Compared by name_key.
with known_stores as (
    select *
    from (
        values
            ('Spotify', 'spotify', 'streaming'),
            ('Apple Music', 'apple_music', 'streaming'),
            ('YouTube Music', 'youtube', 'streaming'),
            ('YouTube Premium', 'youtube', 'streaming'),
            ('Tidal', 'tidal', 'streaming'),
            ('Deezer', 'deezer', 'streaming'),
            ('Amazon Music', 'amazon_music', 'streaming'),
            ('Amazon Music Unlimited', 'amazon_music', 'streaming'),
            ('Amazon Prime Music', 'amazon_music', 'streaming'),
            ('Pandora', 'pandora', 'streaming'),
            ('SoundCloud', 'soundcloud', 'streaming'),
            ('Audiomack', 'audiomack', 'streaming'),
            ('NetEase', 'netease', 'streaming'),
            ('Boomplay', 'boomplay', 'streaming'),
            ('Anghami', 'anghami', 'streaming'),
            ('Napster', 'napster', 'streaming'),
            ('Tencent', 'tencent_music', 'streaming'),
            ('iTunes', 'itunes', 'download'),
            ('Beatport', 'beatport', 'download'),
            ('Facebook', 'facebook', 'social'),
            ('Instagram', 'instagram', 'social'),
            ('TikTok', 'tiktok', 'social'),
            ('Snapchat', 'snapchat', 'social'),
            ('YouTube Content ID', 'youtube', 'ads')
    ) as listed (store, platform, store_class)
)

select
    name_key(known_stores.store) as store_key,
    known_stores.store,
    known_stores.platform,
    known_stores.store_class
from known_stores
