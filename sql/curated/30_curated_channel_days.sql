-- One row per channel, platform, artist (NULL: the label as a whole) and day: what the channel did.
-- key: channel, channel_platform, artist, date
-- column channel: ad spend, ad link clicks, posts, views, or link page clicks.
-- column channel_platform: Platform of the channel.
-- column artist: Artist the channel spoke of; NULL where only the label's account or page is known.
-- column date: Day.
-- column value: USD of ad spend; else a count. Never NULL: unknown days have no row.
--
-- Days without a row are unknown, not 0: an artist has ads worth 0 only on days for which the
-- platform told of any ad; posts are 0 between a platform's first post and its newest listing. Two
-- logins that see one profile see the same views: the larger number is the fresher one. Days that
-- are not finished are left out.
with ads as (
    select campaign_key, platform, date, spend_usd, link_clicks, is_partial
    from curated.ads_daily
    where date = date_end
),

campaigns as (
    select campaign_key, artist
    from curated.campaigns
    where is_resolved
),

aliases as (
    select source, alias_key, artist
    from staging.catalog__artists
),

engagement as (
    select platform, profile, source, account, date, views
    from feeds.engagement_daily
    where views is not null and not coalesce(is_partial, false)
),

content as (
    select platform, profile, source, content_id, published_at, captured_on
    from feeds.content
),

link_clicks as (
    select platform, account, link_id, date, clicks
    from feeds.link_clicks
    where clicks is not null and not coalesce(is_partial, false)
),

ad_days as (
    select platform, date, bool_or(is_partial) as is_partial
    from ads
    group by platform, date
),

ad_artists as (
    select ads.platform, campaigns.artist
    from ads
    inner join campaigns on ads.campaign_key = campaigns.campaign_key
    group by ads.platform, campaigns.artist
),

artist_ads as (
    select
        ads.platform,
        campaigns.artist,
        ads.date,
        case when count(ads.spend_usd) = count(*) then sum(ads.spend_usd) else -1 end as spend_usd,
        case when count(ads.link_clicks) = count(*) then sum(ads.link_clicks) else -1 end
            as link_clicks
    from ads
    inner join campaigns on ads.campaign_key = campaigns.campaign_key
    group by ads.platform, campaigns.artist, ads.date
),

ad_values as (
    select
        ad_artists.platform,
        ad_artists.artist,
        ad_days.date,
        coalesce(artist_ads.spend_usd, 0) as spend_usd,
        coalesce(artist_ads.link_clicks, 0) as link_clicks
    from ad_artists
    inner join ad_days on ad_artists.platform = ad_days.platform
    left join artist_ads
        on ad_artists.platform = artist_ads.platform
        and ad_artists.artist = artist_ads.artist
        and ad_days.date = artist_ads.date
    where not ad_days.is_partial
),

profile_views as (
    select
        engagement.platform,
        coalesce(source_alias.artist, any_alias.artist) as artist,
        engagement.date,
        max(engagement.views) as views
    from engagement
    left join aliases as source_alias
        on engagement.source = source_alias.source
        and name_key(engagement.profile) = source_alias.alias_key
    left join aliases as any_alias
        on any_alias.source is null
        and name_key(engagement.profile) = any_alias.alias_key
    group by
        engagement.platform,
        coalesce(engagement.profile, engagement.account),
        coalesce(source_alias.artist, any_alias.artist),
        engagement.date
),

published as (
    select
        content.platform,
        content.content_id,
        min(coalesce(source_alias.artist, any_alias.artist)) as artist,
        min(content.published_at)::date as date,
        max(max(content.captured_on)) over (partition by content.platform) as last_date
    from content
    left join aliases as source_alias
        on content.source = source_alias.source
        and name_key(content.profile) = source_alias.alias_key
    left join aliases as any_alias
        on any_alias.source is null
        and name_key(content.profile) = any_alias.alias_key
    where content.published_at is not null
    group by content.platform, content.content_id
),

post_counts as (
    select platform, artist, date, count(*) as posts
    from published
    group by platform, artist, date
),

post_days as (
    select
        platform,
        artist,
        unnest(
            generate_series(min(date), max(last_date) - 1, interval 1 day)
        )::date as date
    from published
    group by platform, artist
)

select
    'ad spend' as channel,
    ad_values.platform as channel_platform,
    ad_values.artist,
    ad_values.date,
    ad_values.spend_usd::decimal(18, 6) as value
from ad_values
where ad_values.spend_usd >= 0

union all

select
    'ad link clicks' as channel,
    ad_values.platform as channel_platform,
    ad_values.artist,
    ad_values.date,
    ad_values.link_clicks::decimal(18, 6) as value
from ad_values
where ad_values.link_clicks >= 0

union all

select
    'views' as channel,
    profile_views.platform as channel_platform,
    profile_views.artist,
    profile_views.date,
    sum(profile_views.views)::decimal(18, 6) as value
from profile_views
group by profile_views.platform, profile_views.artist, profile_views.date

union all

select
    'posts' as channel,
    post_days.platform as channel_platform,
    post_days.artist,
    post_days.date,
    coalesce(post_counts.posts, 0)::decimal(18, 6) as value
from post_days
left join post_counts
    on post_days.platform = post_counts.platform
    and post_days.artist is not distinct from post_counts.artist
    and post_days.date = post_counts.date

union all

select
    'link page clicks' as channel,
    link_clicks.platform as channel_platform,
    null::varchar as artist,
    link_clicks.date,
    sum(link_clicks.clicks)::decimal(18, 6) as value
from link_clicks
where link_clicks.link_id is null
group by link_clicks.platform, link_clicks.date
