-- One row per audience that a source tells of, dimension and value: what part of it is so.
-- key: artist, platform, source, account, profile, audience, time_window, dimension, value
-- check: share is null or share between 0 and 1
-- export: yes
-- column artist: Artist as in the catalog, or as a statement writes it; NULL if not known.
-- column platform: Platform of the audience; NULL for all platforms of the statements together.
-- column source: Source that tells it; royalties: the statements of all distributors, which add up.
-- column account: Account it was seen through; NULL for statements.
-- column profile: Handle or channel; NULL for statements and where none is told.
-- column audience: Who is counted: followers, viewers, views, streams, visits, clicks, …
-- column time_window: What the source looked at: lifetime, last_28_days, last_12_sale_months, …
-- column dimension: country, city, gender, age, device, referrer, hour, platform, stream_source, …
-- column value: Country code, age range, gender and so on, in one spelling; hours as told.
-- column captured_on: Day of the newest look, or last day of the newest sale month.
-- column quantity: How many of the audience are so; NULL where only shares are told.
-- column known_quantity: The whole audience whose value is known; NULL where only shares are told.
-- column share: As the source tells it, else quantity by known_quantity; a fraction.
-- column is_share_told: The source tells the share itself, which may be of a larger whole.
--
-- Audiences are never mixed: followers are not listeners, 90 days are not a lifetime. Streams of
-- statements are those of the 12 sale months up to the newest one, whose last ones are incomplete.
-- DistroKid's country OU is "outside the US". Streams of an age or gender that the source calls
-- unknown are left out of the known audience. Of Apple Music: completion tells skips, stream_source
-- where a stream came from, connection whether it was offline.
with demographics as (
    select
        captured_on,
        platform,
        source,
        account,
        profile,
        coalesce(name_key(profile), '') as profile_key,
        audience,
        time_window,
        dimension,
        case
            when dimension = 'country' and length(value) = 2 then upper(value)
            when dimension in ('age', 'gender', 'age_gender', 'device')
                then name_key(replace(value, ',', ' '))
            else value
        end as value,
        share,
        quantity
    from feeds.demographics
),

profiles as (
    select platform, account, profile_key, profile, artist
    from curated.profiles
),

artist_countries as (
    select sale_month, artist, platform, country, streams
    from curated.artist_countries
    where streams is not null and artist is not null and country is not null
),

pictures as (
    select
        profiles.artist,
        demographics.platform,
        demographics.source,
        demographics.account,
        coalesce(profiles.profile, demographics.profile) as profile,
        demographics.audience,
        demographics.time_window,
        demographics.dimension,
        demographics.value,
        demographics.captured_on,
        demographics.share,
        demographics.quantity
    from demographics
    left join profiles
        on demographics.platform = profiles.platform
        and demographics.account = profiles.account
        and demographics.profile_key = profiles.profile_key
    where name_key(demographics.value) != 'unknown'
),

newest_pictures as (
    select *
    from pictures
    qualify captured_on = max(captured_on) over (
        partition by platform, source, account, profile, audience, time_window, dimension
    )
),

newest_sale as (
    select max(sale_month) as sale_month
    from artist_countries
),

paid as (
    select
        artist_countries.artist,
        artist_countries.platform,
        artist_countries.country,
        last_day((newest_sale.sale_month || '-01')::date) as captured_on,
        sum(artist_countries.streams)::bigint as streams
    from artist_countries
    cross join newest_sale
    where artist_countries.platform is not null
        and artist_countries.sale_month
        > strftime((newest_sale.sale_month || '-01')::date - interval 12 months, '%Y-%m')
    group by
        newest_sale.sale_month,
        grouping sets (
            (artist_countries.artist, artist_countries.platform, artist_countries.country),
            (artist_countries.artist, artist_countries.country),
            (artist_countries.artist, artist_countries.platform)
        )
),

told as (
    select
        artist,
        platform,
        source,
        account,
        profile,
        audience,
        time_window,
        dimension,
        value,
        captured_on,
        share,
        quantity
    from newest_pictures

    union all

    select
        artist,
        case when country is not null then platform end as platform,
        'royalties' as source,
        null::varchar as account,
        null::varchar as profile,
        'streams' as audience,
        'last_12_sale_months' as time_window,
        case when country is not null then 'country' else 'platform' end as dimension,
        coalesce(country, platform) as value,
        captured_on,
        null::decimal(9, 6) as share,
        streams as quantity
    from paid
),

valued as (
    select
        artist,
        platform,
        source,
        account,
        profile,
        audience,
        time_window,
        dimension,
        value,
        captured_on,
        sum(share)::decimal(9, 6) as told_share,
        sum(quantity)::bigint as quantity
    from told
    group by
        artist,
        platform,
        source,
        account,
        profile,
        audience,
        time_window,
        dimension,
        value,
        captured_on
),

wholes as (
    select
        valued.*,
        sum(quantity) over (
            partition by
                artist,
                platform,
                source,
                account,
                profile,
                audience,
                time_window,
                dimension
        )::bigint as known_quantity
    from valued
)

select
    wholes.artist,
    wholes.platform,
    wholes.source,
    wholes.account,
    wholes.profile,
    wholes.audience,
    wholes.time_window,
    wholes.dimension,
    wholes.value,
    wholes.captured_on,
    wholes.quantity,
    wholes.known_quantity,
    coalesce(
        wholes.told_share,
        (wholes.quantity / nullif(wholes.known_quantity, 0))::decimal(9, 6)
    ) as share,
    wholes.told_share is not null as is_share_told
from wholes
