-- One row per spelling of a name that is written in two ways, and where it occurs.
-- key: kind, artist, name_key, name
-- check: spelling_count > 1 and use_count > 0
-- export: yes
-- column kind: artist, track, campaign or post.
-- column artist: Artist of a track: tracks are compared within one artist; NULL for other kinds.
-- column name_key: The name without case, spaces and accents.
-- column name: The name as it is written.
-- column found_in: Where it is written so, in alphabetical order.
-- column use_count: Statement lines, months, days, catalog lines or posts with this spelling.
-- column spelling_count: Spellings with this name_key.
--
-- Names that the catalog resolves stand here as it resolves them: what is left is worth an alias or
-- a correction. Marks are folded (é is e, composed or not), since exports lose them. Two spellings
-- may still be two things.
with statement_artists as (
    select source, artist, line_count
    from curated.royalty_totals
),

statement_tracks as (
    select source, artist, track, line_count
    from curated.royalty_totals
),

stream_months as (
    select source, artist
    from curated.stream_months
    where artist is not null
),

catalog_artists as (
    select artist
    from staging.catalog__artists
),

catalog_tracks as (
    select artist, track
    from staging.catalog__tracks
),

ads as (
    select source, campaign_name
    from feeds.ad_performance
    where campaign_name is not null
),

emails as (
    select source, title
    from curated.email_performance
    where title is not null
),

posts as (
    select platform, title
    from curated.content_performance
    where title is not null
),

named as (
    select
        'artist' as kind,
        null::varchar as owner,
        artist as name,
        source || ' statements' as found_in,
        line_count as uses
    from statement_artists

    union all

    select
        'artist' as kind,
        null::varchar as owner,
        artist as name,
        source || ' streams' as found_in,
        1 as uses
    from stream_months

    union all

    select
        'artist' as kind,
        null::varchar as owner,
        artist as name,
        'catalog' as found_in,
        1 as uses
    from catalog_artists

    union all

    select
        'track' as kind,
        artist as owner,
        track as name,
        source || ' statements' as found_in,
        line_count as uses
    from statement_tracks

    union all

    select 'track' as kind, artist as owner, track as name, 'catalog' as found_in, 1 as uses
    from catalog_tracks

    union all

    select
        'campaign' as kind,
        null::varchar as owner,
        campaign_name as name,
        source || ' ads' as found_in,
        1 as uses
    from ads

    union all

    select 'campaign' as kind, null::varchar as owner, title as name, source as found_in, 1 as uses
    from emails

    union all

    select 'post' as kind, null::varchar as owner, title as name, platform as found_in, 1 as uses
    from posts
),

spellings as (
    select kind, owner, name, found_in, sum(uses)::bigint as use_count
    from named
    where name is not null
    group by kind, owner, name, found_in
),

folded as (
    select
        spellings.*,
        lower(regexp_replace(strip_accents(nfc_normalize(name)), '\s+', '', 'g')) as name_key
    from spellings
),

keyed as (
    select
        kind,
        owner,
        name_key,
        name,
        string_agg(distinct found_in, ', ' order by found_in) as found_in,
        sum(use_count)::bigint as use_count
    from folded
    group by kind, owner, name_key, name
),

counted as (
    select *, count(*) over (partition by kind, owner, name_key) as spelling_count
    from keyed
)

select
    counted.kind,
    counted.owner as artist,
    counted.name_key,
    counted.name,
    counted.found_in,
    counted.use_count,
    counted.spelling_count
from counted
where counted.spelling_count > 1
