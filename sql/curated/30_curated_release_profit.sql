-- One row per recording, or artist where no recording is named: what it cost and brought.
-- key: isrc, artist
-- check: isrc is not null or track is null
-- export: yes
-- column isrc: ISRC of the recording; NULL for what is known of an artist only.
-- column artist: Artist as in the catalog, or as a statement or a cost names it.
-- column track: Track as in the catalog, or as a statement writes it (the first by alphabet).
-- column release_date: Release date in the catalog.
-- column gross_usd: Money of all statements, adjustments included, in USD; NULL if there is none.
-- column net_usd: Owner's money of it, in USD; NULL where no share is known.
-- column gross_without_share_usd: Of gross_usd, what no owner's share is known for: in no profit,
--     in USD.
-- column costs_usd: Costs by catalog/costs.csv, in USD; NULL if one has no rate.
-- column recoupable_usd: Of costs_usd, what is charged to payees, in USD (see payee_statements).
-- column ad_spend_usd: Spend of campaigns for the track, or of the artist's that name no recording
--     of the catalog, in USD; NULL if one has no rate.
-- column profit_usd: net_usd less costs and ad spend, in USD; NULL if costs or spend are unknown.
-- column first_month: First month (YYYY-MM) with money or cost.
-- column break_even_month: Month (YYYY-MM) since which profit has not been below 0; NULL: below 0.
--
-- Money by month of booking, costs by their day, ads by the first day of what they report. What a
-- campaign is for says curated.campaigns: it counts for the recording if the artist has just one of
-- that title in the catalog, else for the artist. What payees have paid back of recouped costs is
-- not taken off costs.
with revenue as (
    select
        reporting_month,
        isrc,
        artist,
        track,
        owner_share,
        gross_usd,
        net_usd
    from curated.revenue_by_track
    where gross_usd is not null
),

tracks as (
    select isrc, track, artist, release_date
    from staging.catalog__tracks
),

artists as (
    select source, alias_key, artist
    from staging.catalog__artists
    where source is null
),

costs as (
    select month, isrc, artist, payee, amount_usd
    from staging.catalog__costs
),

ads as (
    select month, campaign_key, spend_usd
    from curated.ads_daily
    where spend != 0 and campaign_key is not null
),

campaigns as (
    select campaign_key, artist, track
    from curated.campaigns
    where artist is not null
),

titles as (
    select artist, name_key(track) as track_key, min(isrc) as isrc
    from tracks
    group by artist, name_key(track)
    having count(*) = 1
),

campaign_tracks as (
    select campaigns.campaign_key, campaigns.artist, titles.isrc
    from campaigns
    left join titles
        on campaigns.artist = titles.artist
        and name_key(campaigns.track) = titles.track_key
),

entries as (
    select
        reporting_month as month,
        isrc,
        case when isrc is null then artist end as artist,
        track,
        artist as named_artist,
        gross_usd,
        net_usd,
        case when owner_share is null then gross_usd end as without_share_usd,
        null::decimal(24, 12) as cost_usd,
        null::decimal(24, 12) as recoupable_usd,
        null::decimal(24, 12) as ad_usd,
        0 as unknown_costs,
        0 as unknown_ads
    from revenue

    union all

    select
        costs.month,
        costs.isrc,
        case when costs.isrc is null then coalesce(artists.artist, costs.artist) end as artist,
        null as track,
        coalesce(artists.artist, costs.artist) as named_artist,
        null as gross_usd,
        null as net_usd,
        null as without_share_usd,
        costs.amount_usd as cost_usd,
        case when costs.payee is not null then costs.amount_usd end as recoupable_usd,
        null as ad_usd,
        case when costs.amount_usd is null then 1 else 0 end as unknown_costs,
        0 as unknown_ads
    from costs
    left join artists on name_key(costs.artist) = artists.alias_key

    union all

    select
        ads.month,
        campaign_tracks.isrc,
        case when campaign_tracks.isrc is null then campaign_tracks.artist end as artist,
        null as track,
        campaign_tracks.artist as named_artist,
        null as gross_usd,
        null as net_usd,
        null as without_share_usd,
        null as cost_usd,
        null as recoupable_usd,
        ads.spend_usd as ad_usd,
        0 as unknown_costs,
        case when ads.spend_usd is null then 1 else 0 end as unknown_ads
    from ads
    inner join campaign_tracks on ads.campaign_key = campaign_tracks.campaign_key
),

months as (
    select
        month,
        isrc,
        artist,
        min(track) as track,
        min(named_artist) as named_artist,
        sum(gross_usd) as gross_usd,
        sum(net_usd) as net_usd,
        sum(without_share_usd) as without_share_usd,
        coalesce(sum(cost_usd), 0) as cost_usd,
        coalesce(sum(recoupable_usd), 0) as recoupable_usd,
        coalesce(sum(ad_usd), 0) as ad_usd,
        sum(unknown_costs) as unknown_costs,
        sum(unknown_ads) as unknown_ads
    from entries
    group by month, isrc, artist
),

running as (
    select
        *,
        sum(coalesce(net_usd, 0) - cost_usd - ad_usd) over (
            partition by isrc, artist
            order by month
        ) as profit_so_far,
        lead(month) over (partition by isrc, artist order by month) as next_month
    from months
),

totals as (
    select
        isrc,
        artist,
        min(track) as track,
        min(named_artist) as named_artist,
        min(month) as first_month,
        max(month) as last_month,
        sum(gross_usd)::decimal(38, 12) as gross_usd,
        sum(net_usd)::decimal(38, 12) as net_usd,
        sum(without_share_usd)::decimal(38, 12) as without_share_usd,
        sum(cost_usd)::decimal(38, 12) as cost_usd,
        sum(recoupable_usd)::decimal(38, 12) as recoupable_usd,
        sum(ad_usd)::decimal(38, 12) as ad_usd,
        sum(unknown_costs) as unknown_costs,
        sum(unknown_ads) as unknown_ads,
        max(month) filter (where profit_so_far < 0) as last_month_below,
        max(next_month) filter (where profit_so_far < 0) as month_after_below
    from running
    group by isrc, artist
)

select
    totals.isrc,
    coalesce(tracks.artist, totals.artist, totals.named_artist) as artist,
    case when totals.isrc is not null then coalesce(tracks.track, totals.track) end as track,
    tracks.release_date,
    totals.gross_usd,
    totals.net_usd,
    coalesce(totals.without_share_usd, 0)::decimal(38, 12) as gross_without_share_usd,
    case when totals.unknown_costs = 0 then totals.cost_usd end as costs_usd,
    case when totals.unknown_costs = 0 then totals.recoupable_usd end as recoupable_usd,
    case when totals.unknown_ads = 0 then totals.ad_usd end as ad_spend_usd,
    case
        when totals.unknown_costs = 0 and totals.unknown_ads = 0
            then coalesce(totals.net_usd, 0) - totals.cost_usd - totals.ad_usd
    end::decimal(38, 12) as profit_usd,
    totals.first_month,
    case
        when totals.unknown_costs > 0 or totals.unknown_ads > 0 then null
        when totals.last_month_below is null then totals.first_month
        when totals.last_month_below < totals.last_month then totals.month_after_below
    end as break_even_month
from totals
left join tracks on totals.isrc = tracks.isrc
