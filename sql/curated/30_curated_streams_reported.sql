-- One row per day, platform, reporter and account, for one artist or for the whole account.
-- partition: month
-- key: month, date, platform, reporter, source, account, artist
-- incremental: required
-- check: streams >= 0
-- column date: Day of the streams, as the platform cuts it.
-- column month: Month (YYYY-MM) of the day.
-- column platform: Platform the streams happened on.
-- column reporter: Who counted.
-- column source: Source the report was taken from.
-- column account: Account the report was taken from.
-- column artist: Artist as in the catalog, or as reported; NULL for a number about a whole account.
-- column trust: Rank among reporters of the same streams: the higher one is believed.
-- column streams: Streams of the day. Reporters overlap: never add this up (see streams_daily).
-- column is_artist_known: The catalog resolves the artist; NULL for a whole account.
-- column is_partial: The reporter had not finished the day.
--
-- Where two names mean one artist, both say all of that artist's streams: the larger one is the
-- fresher one.
with reported as (
    select
        date,
        month,
        platform,
        reporter,
        source,
        account,
        artist_name,
        trust,
        streams,
        is_partial
    from feeds.streams
),

artists as (
    select source, alias_key, artist
    from staging.catalog__artists
),

trust as (
    select reporter, platform, trust
    from staging.catalog__trust
),

named as (
    select
        reported.* exclude (artist_name, trust),
        coalesce(source_alias.artist, any_alias.artist, reported.artist_name) as artist,
        coalesce(platform_trust.trust, reporter_trust.trust, reported.trust) as trust,
        case
            when reported.artist_name is not null
                then coalesce(source_alias.artist, any_alias.artist) is not null
        end as is_artist_known
    from reported
    left join artists as source_alias
        on reported.source = source_alias.source
        and name_key(reported.artist_name) = source_alias.alias_key
    left join artists as any_alias
        on any_alias.source is null
        and name_key(reported.artist_name) = any_alias.alias_key
    left join trust as platform_trust
        on reported.reporter = platform_trust.reporter
        and reported.platform = platform_trust.platform
    left join trust as reporter_trust
        on reported.reporter = reporter_trust.reporter
        and reporter_trust.platform is null
)

select
    named.date,
    named.month,
    named.platform,
    named.reporter,
    named.source,
    named.account,
    named.artist,
    max(named.trust) as trust,
    max(named.streams) as streams,
    bool_and(named.is_artist_known) as is_artist_known,
    bool_and(named.is_partial) as is_partial
from named
group by
    named.date,
    named.month,
    named.platform,
    named.reporter,
    named.source,
    named.account,
    named.artist
