-- One row per ad campaign: for whom and for what it runs, as curated.campaigns resolves it.
-- key: campaign_key
-- column campaign_key: source/account/ad account/campaign: one text for one campaign; id, else
--     name.
-- column artist: Artist as in the catalog; NULL while nothing resolves it.
-- column track: Track as in the catalog, or as the name says; NULL if none is named.
--
-- Without the numbers, which move every night: what is built month by month reads this, and stays
-- as it is until a campaign comes or is resolved in another way.
with campaigns as (
    select campaign_key, artist, track
    from curated.campaigns
)

select campaigns.campaign_key, campaigns.artist, campaigns.track
from campaigns
