-- One row per ad campaign: what it is for, and what it has cost and brought so far.
-- key: campaign_key
-- check: last_date >= first_date
-- export: yes
-- column campaign_key: source/account/ad account/campaign: one text for one campaign; id, else
--     name.
-- column platform: Platform the campaign runs on.
-- column source: Source of the numbers.
-- column account: Account at the source.
-- column ad_account_id: Ad account as the platform numbers it.
-- column campaign_name: Its newest name, as the platform writes it.
-- column artist: Artist as in the catalog; NULL while nothing resolves it.
-- column track: Track as in the catalog, or as the name says after its artist; NULL if none is
--     named.
-- column targeting: What is left of the name, in capitals; NULL if nothing is.
-- column resolved_by: override, catalog, or nothing.
-- column is_resolved: The artist is known.
-- column first_date: First day of the campaign in the reports.
-- column last_date: Last day of the campaign in the reports.
-- column day_count: Days with a report; a window counts all of its days.
-- column currency: Currency of spend, ISO 4217; NULL where unknown or mixed.
-- column spend: Money spent, in currency; NULL where currencies are mixed.
-- column spend_usd: Money spent, in USD; NULL if a part of it has no rate.
-- column impressions: Times shown.
-- column clicks: All clicks.
-- column link_clicks: Clicks that left for the link.
-- column results: Conversions as the platform counts them: what cost_per_result_usd rests on.
-- column ctr: clicks by impressions, a fraction of 1; NULL without impressions.
-- column cpc_usd: Spend by clicks, USD; NULL without clicks.
-- column cpm_usd: Spend per thousand impressions, USD; NULL without impressions.
-- column cost_per_link_click_usd: Spend by link clicks, USD; NULL without any.
-- column cost_per_result_usd: Spend by results, USD; NULL without any.
-- column is_partial: The newest days are not finished.
--
-- The name is `ARTIST - TRACK - TARGETING` with parts left out, compared with the catalog:
--   artist, then a track: all parts; three parts that begin with an artist are taken by place;
--   a track, then something: the track's artist in the catalog, also if an artist is called so;
--   one part: a track or an artist as it stands; ARTIST TRACK TARGETING without dashes; or a track
--   before a word of advertising (SHOWCASE, MARQUEE, STREAMING, ...).
-- A title of two artists resolves to none of them. catalog/campaigns.csv overrides, by id or name.
with ads as (
    select *
    from curated.ads_daily
    where coalesce(campaign_id, campaign_name) is not null
),

aliases as (
    select source, upper(alias_key) as alias, artist
    from staging.catalog__artists
),

titles as (
    select upper(name_key(track)) as title, artist, min(track) as track
    from staging.catalog__tracks
    group by upper(name_key(track)), artist
),

overrides as (
    select campaign_key, artist, track, targeting
    from staging.catalog__campaigns
),

campaigns as (
    select
        campaign_key,
        platform,
        source,
        account,
        ad_account_id,
        max(campaign_id) as campaign_id,
        max_by(campaign_name, {'day': date, 'name': campaign_name}) as campaign_name,
        min(date) as first_date,
        max(date_end) as last_date,
        (
            count(distinct date) filter (where date = date_end)
            + coalesce(sum(date_end - date + 1) filter (where date < date_end), 0)
        )::bigint as day_count,
        case when count(distinct coalesce(currency, '?')) = 1 then min(currency) end as currency,
        case
            when count(distinct coalesce(currency, '?')) = 1 then sum(spend)
        end::decimal(38, 6) as spend,
        case when count(spend_usd) = count(*) then sum(spend_usd) end::decimal(38, 6) as spend_usd,
        sum(impressions)::bigint as impressions,
        sum(clicks)::bigint as clicks,
        sum(link_clicks)::bigint as link_clicks,
        sum(results)::decimal(38, 6) as results,
        bool_or(is_partial) as is_partial
    from ads
    group by campaign_key, platform, source, account, ad_account_id
),

cleaned as (
    select
        *,
        regexp_replace(
            upper(regexp_replace(trim(campaign_name), '\s+', ' ', 'g')),
            '( - COPY( \d+)?)+$',
            ''
        ) as clean_name
    from campaigns
),

cut as (
    select
        *,
        string_split(clean_name, ' - ') as parts,
        trim(split_part(clean_name, ' - ', 1)) as part_1,
        trim(split_part(clean_name, ' - ', 2)) as part_2,
        clean_name || ' ' as words
    from cleaned
),

-- The longest alias that the first part is, or that a name without dashes begins with.
with_artist as (
    select cut.*, aliases.alias, aliases.artist as named_artist
    from cut
    left join aliases
        on (aliases.source is null or cut.source = aliases.source)
        and (
            cut.part_1 = aliases.alias
            or (len(cut.parts) = 1 and starts_with(cut.words, aliases.alias || ' '))
        )
    qualify row_number() over (
        partition by cut.campaign_key
        order by length(aliases.alias) desc nulls last, aliases.source nulls last
    ) = 1
),

-- What may be a title, and how sure that is: 1 after an artist, 2 in place of one.
candidates as (
    select
        with_artist.*,
        titles.title,
        titles.track as known_track,
        titles.artist as track_artist,
        case
            when titles.title is null then 9
            when with_artist.named_artist = titles.artist
                and (
                    with_artist.part_2 = titles.title
                    or (
                        len(with_artist.parts) = 1
                        and starts_with(
                            with_artist.words,
                            with_artist.alias || ' ' || titles.title || ' '
                        )
                    )
                ) then 1
            else 2
        end as place
    from with_artist
    left join titles
        on with_artist.part_2 = titles.title and with_artist.named_artist = titles.artist
        or with_artist.part_1 = titles.title
        or (
            len(with_artist.parts) = 1
            and with_artist.named_artist = titles.artist
            and starts_with(with_artist.words, with_artist.alias || ' ' || titles.title || ' ')
        )
        or (
            len(with_artist.parts) = 1
            and starts_with(with_artist.words, titles.title || ' ')
            and regexp_full_match(
                substr(with_artist.words, length(titles.title) + 2),
                '((STREAMING|CAMPAIGN|SHOWCASE|MARQUEE|BROAD|ENGAGEMENT) )+'
            )
        )
),

with_track as (
    select
        *,
        count(distinct track_artist) over same_title as artist_count
    from candidates
    window same_title as (
        partition by campaign_key, place, length(title)
    )
    qualify row_number() over (
        partition by campaign_key
        order by place, length(title) desc nulls last, track_artist
    ) = 1
),

read_name as (
    select
        *,
        case
            when clean_name like '%NEW ENGAGEMENT%' then null
            when place = 1 then named_artist
            when place = 2 and artist_count = 1 then track_artist
            when place = 9 then named_artist
        end as name_artist,
        case
            when clean_name like '%NEW ENGAGEMENT%' then null
            when place in (1, 2) then known_track
            when named_artist is not null and len(parts) >= 3 then part_2
        end as name_track,
        case
            when clean_name like '%NEW ENGAGEMENT%' then 'ENGAGEMENT'
            when place = 1 and len(parts) = 1
                then trim(substr(words, length(alias) + length(title) + 3))
            when place = 1 then array_to_string(parts[3:], ' - ')
            when place = 2 and len(parts) = 1 then trim(substr(words, length(title) + 2))
            when place = 2 then array_to_string(parts[2:], ' - ')
            when named_artist is not null and len(parts) >= 3
                then array_to_string(parts[3:], ' - ')
            when named_artist is not null and len(parts) = 2 then part_2
            when named_artist is not null then trim(substr(words, length(alias) + 2))
        end as name_targeting
    from with_track
),

resolved as (
    select
        read_name.*,
        coalesce(by_id.artist, by_name.artist, read_name.name_artist) as artist,
        coalesce(by_id.track, by_name.track, read_name.name_track) as track,
        coalesce(
            by_id.targeting,
            by_name.targeting,
            nullif(trim(regexp_replace(read_name.name_targeting, ' CAMPAIGN$', '')), '')
        ) as targeting,
        case
            when coalesce(by_id.campaign_key, by_name.campaign_key) is not null then 'override'
            when coalesce(read_name.name_artist, read_name.name_track) is not null then 'catalog'
            else 'nothing'
        end as resolved_by
    from read_name
    left join overrides as by_id on name_key(read_name.campaign_id) = by_id.campaign_key
    left join overrides as by_name on name_key(read_name.campaign_name) = by_name.campaign_key
)

select
    resolved.campaign_key,
    resolved.platform,
    resolved.source,
    resolved.account,
    resolved.ad_account_id,
    resolved.campaign_name,
    resolved.artist,
    resolved.track,
    resolved.targeting,
    resolved.resolved_by,
    resolved.artist is not null as is_resolved,
    resolved.first_date,
    resolved.last_date,
    resolved.day_count,
    resolved.currency,
    resolved.spend,
    resolved.spend_usd,
    resolved.impressions,
    resolved.clicks,
    resolved.link_clicks,
    resolved.results,
    (resolved.clicks::double / nullif(resolved.impressions, 0))::decimal(24, 12) as ctr,
    (resolved.spend_usd::double / nullif(resolved.clicks, 0))::decimal(24, 12) as cpc_usd,
    (1000 * resolved.spend_usd::double / nullif(resolved.impressions, 0))::decimal(24, 12) as cpm_usd,
    (resolved.spend_usd::double / nullif(resolved.link_clicks, 0))::decimal(24, 12) as cost_per_link_click_usd,
    (resolved.spend_usd::double / nullif(resolved.results, 0)::double)::decimal(24, 12) as cost_per_result_usd,
    resolved.is_partial
from resolved
