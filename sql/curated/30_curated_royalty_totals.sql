-- One row per recording, artist and store of all statements: the money, without months and countries.
-- key: source, artist, isrc, track, store, platform, is_artist_known, is_track_known
-- column source: Distributor whose statement says so.
-- column artist: Artist as in the catalog, or as the distributor writes it.
-- column isrc: ISRC of the recording; NULL for whole albums.
-- column track: Track as in the catalog, or as the distributor writes it.
-- column store: Store as the distributor writes it.
-- column platform: Platform the store belongs to; NULL while the store is not mapped.
-- column is_artist_known: The catalog resolves the artist.
-- column is_track_known: The catalog knows the ISRC.
-- column first_sale_month: First sale month (YYYY-MM) the lines speak of.
-- column last_sale_month: Last sale month the lines speak of.
-- column units: Units of sales; NULL where there were only adjustments.
-- column streams: Units of sales in stores of class streaming; NULL elsewhere.
-- column gross_usd: Money of the lines whose rate is known, adjustments included, in USD.
-- column line_count: Statement lines.
--
-- What asks about all of history, but of no month, reads this.
with royalty_years as (
    select
        source,
        artist,
        isrc,
        track,
        store,
        platform,
        is_artist_known,
        is_track_known,
        first_sale_month,
        last_sale_month,
        units,
        streams,
        gross_usd,
        line_count
    from curated.royalty_years
)

select
    royalty_years.source,
    royalty_years.artist,
    royalty_years.isrc,
    royalty_years.track,
    royalty_years.store,
    royalty_years.platform,
    royalty_years.is_artist_known,
    royalty_years.is_track_known,
    min(royalty_years.first_sale_month) as first_sale_month,
    max(royalty_years.last_sale_month) as last_sale_month,
    sum(royalty_years.units)::bigint as units,
    sum(royalty_years.streams)::bigint as streams,
    sum(royalty_years.gross_usd)::decimal(38, 12) as gross_usd,
    sum(royalty_years.line_count)::bigint as line_count
from royalty_years
group by
    royalty_years.source,
    royalty_years.artist,
    royalty_years.isrc,
    royalty_years.track,
    royalty_years.store,
    royalty_years.platform,
    royalty_years.is_artist_known,
    royalty_years.is_track_known
