-- One row per artist and day: what platforms, links and ads say of it, for models and charts.
-- partition: month
-- key: month, date, artist
-- incremental: required
-- check: coalesce(streams, 0) >= 0
-- export: yes
-- column month: Month (YYYY-MM) of the day.
-- column date: Day, as each platform cuts it.
-- column artist: Artist as in the catalog, or as reported by who counts streams.
-- column streams: Streams of all platforms in streams_daily that name the artist.
-- column spotify_streams: Streams on Spotify, from streams_daily.
-- column apple_music_streams: Streams on Apple Music; NULL while only whole accounts are known.
-- column spotify_listeners: People who listened on Spotify on the day.
-- column spotify_monthly_listeners: People who listened on Spotify in 28 days.
-- column spotify_followers: Followers on Spotify at the end of the day.
-- column instagram_followers: Followers on Instagram at the end of the day.
-- column tiktok_followers: Followers on TikTok at the end of the day.
-- column youtube_followers: Subscribers on YouTube at the end of the day.
-- column instagram_views: Views on Instagram on the day.
-- column tiktok_views: Views on TikTok on the day.
-- column youtube_views: Views on YouTube on the day.
-- column instagram_interactions: Likes, comments, shares and saves on Instagram on the day.
-- column tiktok_interactions: Likes, comments, shares and saves on TikTok on the day.
-- column youtube_interactions: Likes, comments, shares and saves on YouTube on the day.
-- column link_views: Visits of the link page on the day.
-- column link_clicks: Clicks on the link page on the day.
-- column ad_spend_usd: Ad spend of the day in USD; NULL when a rate is missing, or no ad ran.
-- column ad_impressions: Times an ad was shown on the day.
-- column ad_link_clicks: Clicks on ads that left for the link.
-- column is_partial: At least one of the numbers is not finished.
--
-- An artist has a row on each day on which anybody says anything of it; what is not told is NULL,
-- never zero. Names resolve by catalog/artists.csv: a profile, else the account, as the source
-- writes it; campaigns as in curated.campaigns. What does not resolve is left out. Two profiles of
-- an artist on one platform cannot be told from one that is seen twice, so the larger number
-- counts. Ad windows longer than a day are left out.
with streams_daily as (
    select date, month, platform, artist, streams, is_partial
    from curated.streams_daily
    where artist is not null
),

audience as (
    select
        date,
        month,
        platform,
        source,
        coalesce(profile, account) as name,
        followers,
        listeners,
        monthly_listeners,
        is_partial
    from feeds.audience
),

engagement as (
    select
        date,
        month,
        platform,
        source,
        coalesce(profile, account) as name,
        views,
        case
            when coalesce(likes, comments, shares, saves) is not null
                then
                    coalesce(likes, 0)
                    + coalesce(comments, 0)
                    + coalesce(shares, 0)
                    + coalesce(saves, 0)
        end as interactions,
        is_partial
    from feeds.engagement_daily
),

link_clicks as (
    select date, month, platform, source, account as name, views, clicks, is_partial
    from feeds.link_clicks
),

ads_daily as (
    select date, month, campaign_key, spend_usd, impressions, link_clicks, is_partial
    from curated.ads_daily
    where date = date_end
),

campaigns as (
    select campaign_key, artist
    from curated.campaign_subjects
    where artist is not null
),

artists as (
    select source, alias_key, artist
    from staging.catalog__artists
),

link_days as (
    select
        date,
        month,
        source,
        name,
        sum(views)::bigint as views,
        sum(clicks)::bigint as clicks,
        bool_or(is_partial) as is_partial
    from link_clicks
    group by date, month, source, name
),

ad_days as (
    select
        ads_daily.date,
        ads_daily.month,
        campaigns.artist,
        case
            when count(ads_daily.spend_usd) = count(*) then sum(ads_daily.spend_usd)
        end::decimal(18, 6) as spend_usd,
        count(*) != count(ads_daily.spend_usd) as is_spend_unknown,
        sum(ads_daily.impressions)::bigint as impressions,
        sum(ads_daily.link_clicks)::bigint as link_clicks,
        bool_or(ads_daily.is_partial) as is_partial
    from ads_daily
    inner join campaigns on ads_daily.campaign_key = campaigns.campaign_key
    group by ads_daily.date, ads_daily.month, campaigns.artist
),

facts as (
    select
        date,
        month,
        platform,
        source,
        name,
        'audience' as kind,
        followers,
        listeners,
        monthly_listeners,
        null::bigint as views,
        null::bigint as interactions,
        null::bigint as clicks,
        is_partial
    from audience

    union all

    select
        date,
        month,
        platform,
        source,
        name,
        'engagement' as kind,
        null as followers,
        null as listeners,
        null as monthly_listeners,
        views,
        interactions,
        null as clicks,
        is_partial
    from engagement

    union all

    select
        date,
        month,
        null as platform,
        source,
        name,
        'link' as kind,
        null as followers,
        null as listeners,
        null as monthly_listeners,
        views,
        null as interactions,
        clicks,
        is_partial
    from link_days
),

resolved as (
    select
        facts.* exclude (name, source),
        coalesce(source_alias.artist, any_alias.artist) as artist
    from facts
    left join artists as source_alias
        on facts.source = source_alias.source
        and name_key(facts.name) = source_alias.alias_key
    left join artists as any_alias
        on any_alias.source is null
        and name_key(facts.name) = any_alias.alias_key
),

told as (
    select
        date,
        month,
        artist,
        platform,
        kind,
        followers,
        listeners,
        monthly_listeners,
        views,
        interactions,
        clicks,
        null::decimal(18, 6) as spend_usd,
        false as is_spend_unknown,
        null::bigint as streams,
        is_partial
    from resolved
    where artist is not null

    union all

    select
        date,
        month,
        artist,
        null as platform,
        'ad' as kind,
        null as followers,
        null as listeners,
        null as monthly_listeners,
        impressions as views,
        null as interactions,
        link_clicks as clicks,
        spend_usd,
        is_spend_unknown,
        null as streams,
        is_partial
    from ad_days

    union all

    select
        date,
        month,
        artist,
        platform,
        'streams' as kind,
        null as followers,
        null as listeners,
        null as monthly_listeners,
        null as views,
        null as interactions,
        null as clicks,
        null as spend_usd,
        false as is_spend_unknown,
        streams,
        is_partial
    from streams_daily
)

select
    told.month,
    told.date,
    told.artist,
    sum(told.streams)::bigint as streams,
    sum(told.streams) filter (where told.platform = 'spotify')::bigint as spotify_streams,
    sum(told.streams) filter (where told.platform = 'apple_music')::bigint as apple_music_streams,
    max(told.listeners) filter (where told.platform = 'spotify') as spotify_listeners,
    max(told.monthly_listeners) filter (where told.platform = 'spotify')
        as spotify_monthly_listeners,
    max(told.followers) filter (where told.platform = 'spotify') as spotify_followers,
    max(told.followers) filter (where told.platform = 'instagram') as instagram_followers,
    max(told.followers) filter (where told.platform = 'tiktok') as tiktok_followers,
    max(told.followers) filter (where told.platform = 'youtube') as youtube_followers,
    max(told.views) filter (where told.platform = 'instagram') as instagram_views,
    max(told.views) filter (where told.platform = 'tiktok') as tiktok_views,
    max(told.views) filter (where told.platform = 'youtube') as youtube_views,
    max(told.interactions) filter (where told.platform = 'instagram') as instagram_interactions,
    max(told.interactions) filter (where told.platform = 'tiktok') as tiktok_interactions,
    max(told.interactions) filter (where told.platform = 'youtube') as youtube_interactions,
    sum(told.views) filter (where told.kind = 'link')::bigint as link_views,
    sum(told.clicks) filter (where told.kind = 'link')::bigint as link_clicks,
    case when not bool_or(told.is_spend_unknown) then sum(told.spend_usd) end::decimal(18, 6)
        as ad_spend_usd,
    sum(told.views) filter (where told.kind = 'ad')::bigint as ad_impressions,
    sum(told.clicks) filter (where told.kind = 'ad')::bigint as ad_link_clicks,
    bool_or(told.is_partial) as is_partial
from told
group by told.month, told.date, told.artist
