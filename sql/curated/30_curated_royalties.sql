-- One row per what a statement says about a recording, store and country in a month, and its money.
-- partition: reporting_month
-- key: reporting_month, sale_month, source, account, kind, artist, track, isrc, upc, store, country,
--     currency
-- incremental: required
-- check: gross is not null and line_count > 0
-- check: currency != 'USD' or gross_usd is not distinct from gross
-- check: coalesce(units, 0) >= 0 and coalesce(streams, 0) >= 0
-- check: owner_share is null or owner_share between 0 and 1
-- check: (owner_share is null or gross_usd is null) = (net_usd is null)
-- export: yes
-- column reporting_month: Month (YYYY-MM) in which the distributor booked the money.
-- column sale_month: Month (YYYY-MM) of the use; the newest ones are never complete.
-- column source: Distributor whose statement says so.
-- column account: Account at the distributor.
-- column kind: sale; adjustment: a correction that counts no units; artificial_streams: a charge.
-- column artist: Artist as in the catalog; as the distributor writes it where that is silent.
-- column track: Track as in the catalog by ISRC; as the distributor writes it where it is silent.
-- column isrc: ISRC of the recording, in capitals without dashes; NULL for whole albums.
-- column upc: UPC or EAN of the release as text; NULL where the distributor left it blank.
-- column store: Store as the distributor writes it.
-- column platform: Platform the store belongs to; NULL while the store is not mapped.
-- column store_class: streaming, download, social or ads; NULL while the store is not mapped.
-- column country: ISO country of the sale; OU is DistroKid's "outside the US".
-- column units: Units of sales, of whatever kind the store counts; NULL for adjustments.
-- column streams: Units of sales in stores of class streaming; NULL elsewhere.
-- column gross_usd: Money of all lines, adjustments included, in USD; NULL if the rate is unknown.
-- column owner_share: Owner's share of gross for the sale month; NULL if unknown.
-- column net_usd: gross_usd times owner_share, rounded to 12 decimals; NULL if unknown.
-- column line_count: Statement lines in this row.
-- column is_artist_known: The catalog resolves the artist, by alias or by the ISRC's track.
-- column is_track_known: The catalog knows the ISRC.
-- column currency: Currency of the statement, ISO 4217.
-- column gross: Money of all lines, adjustments included, in currency, exact.
--
-- Money adds up over all rows; net only where a share is known. A share given for the recording
-- beats one given for its artist.
with lines as (
    select
        reporting_month,
        sale_month,
        source,
        account,
        kind,
        artist_name,
        track_title,
        isrc,
        upc,
        store,
        platform,
        store_class,
        country,
        units,
        streams,
        currency,
        gross,
        gross_usd
    from feeds.royalties
),

artists as (
    select source, alias_key, artist
    from staging.catalog__artists
),

tracks as (
    select isrc, track, artist
    from staging.catalog__tracks
),

splits as (
    select isrc, artist_key, from_month, until_month, owner_share
    from staging.catalog__splits
),

named_lines as (
    select
        lines.* exclude (artist_name, track_title),
        coalesce(source_alias.artist, any_alias.artist, tracks.artist, lines.artist_name) as artist,
        coalesce(tracks.track, lines.track_title) as track,
        coalesce(source_alias.artist, any_alias.artist, tracks.artist) is not null
            as is_artist_known,
        tracks.isrc is not null as is_track_known
    from lines
    left join artists as source_alias
        on lines.source = source_alias.source
        and name_key(lines.artist_name) = source_alias.alias_key
    left join artists as any_alias
        on any_alias.source is null
        and name_key(lines.artist_name) = any_alias.alias_key
    left join tracks on lines.isrc = tracks.isrc
),

totals as (
    select
        reporting_month,
        sale_month,
        source,
        account,
        kind,
        artist,
        track,
        isrc,
        upc,
        store,
        platform,
        store_class,
        country,
        is_artist_known,
        is_track_known,
        currency,
        sum(units)::bigint as units,
        sum(streams)::bigint as streams,
        sum(gross)::decimal(38, 12) as gross,
        case when count(gross_usd) = count(*) then sum(gross_usd) end::decimal(38, 12) as gross_usd,
        count(*)::bigint as line_count
    from named_lines
    group by
        reporting_month,
        sale_month,
        source,
        account,
        kind,
        artist,
        track,
        isrc,
        upc,
        store,
        platform,
        store_class,
        country,
        is_artist_known,
        is_track_known,
        currency
),

shared_totals as (
    select
        totals.*,
        coalesce(track_split.owner_share, artist_split.owner_share) as owner_share
    from totals
    left join splits as track_split
        on totals.isrc = track_split.isrc
        and totals.sale_month >= track_split.from_month
        and totals.sale_month < track_split.until_month
    left join splits as artist_split
        on name_key(totals.artist) = artist_split.artist_key
        and totals.sale_month >= artist_split.from_month
        and totals.sale_month < artist_split.until_month
)

select
    shared_totals.reporting_month,
    shared_totals.sale_month,
    shared_totals.source,
    shared_totals.account,
    shared_totals.kind,
    shared_totals.artist,
    shared_totals.track,
    shared_totals.isrc,
    shared_totals.upc,
    shared_totals.store,
    shared_totals.platform,
    shared_totals.store_class,
    shared_totals.country,
    shared_totals.units,
    shared_totals.streams,
    shared_totals.gross_usd,
    shared_totals.owner_share,
    (shared_totals.gross_usd * shared_totals.owner_share)::decimal(38, 12) as net_usd,
    shared_totals.line_count,
    shared_totals.is_artist_known,
    shared_totals.is_track_known,
    shared_totals.currency,
    shared_totals.gross
from shared_totals
