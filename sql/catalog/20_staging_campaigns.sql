-- One row per ad campaign of which people said what it is for, by id or name.
-- key: campaign_key
with campaigns as (
    select campaign, artist, track, targeting, _drop, _file, _row
    from raw.catalog__campaigns
)

select
    name_key(campaigns.campaign) as campaign_key,
    trimmed(campaigns.artist) as artist,
    trimmed(campaigns.track) as track,
    upper(trimmed(campaigns.targeting)) as targeting,
    campaigns._drop,
    campaigns._file,
    campaigns._row
from campaigns
