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
-- The one table that opens every month's file; what asks about all of history reads this.
with royalty_months as (
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
    from curated.royalty_months
)

select
    royalty_months.source,
    royalty_months.artist,
    royalty_months.isrc,
    royalty_months.track,
    royalty_months.store,
    royalty_months.platform,
    royalty_months.is_artist_known,
    royalty_months.is_track_known,
    min(royalty_months.first_sale_month) as first_sale_month,
    max(royalty_months.last_sale_month) as last_sale_month,
    sum(royalty_months.units)::bigint as units,
    sum(royalty_months.streams)::bigint as streams,
    sum(royalty_months.gross_usd)::decimal(38, 12) as gross_usd,
    sum(royalty_months.line_count)::bigint as line_count
from royalty_months
group by
    royalty_months.source,
    royalty_months.artist,
    royalty_months.isrc,
    royalty_months.track,
    royalty_months.store,
    royalty_months.platform,
    royalty_months.is_artist_known,
    royalty_months.is_track_known
