-- One row per reporting month and recording, artist and store: the money, without countries.
-- partition: reporting_month
-- key: reporting_month, source, artist, isrc, track, store
-- incremental: required
-- column reporting_month: Month (YYYY-MM) in which the distributor booked the money.
-- column source: Distributor whose statement says so.
-- column artist: Artist as in the catalog, or as the distributor writes it.
-- column isrc: ISRC of the recording; NULL for whole albums.
-- column track: Track as in the catalog, or as the distributor writes it.
-- column store: Store as the distributor writes it.
-- column platform: Platform the store belongs to; NULL while the store is not mapped.
-- column is_artist_known: The catalog resolves the artist.
-- column is_track_known: The catalog knows the ISRC.
-- column first_sale_month: First sale month the lines speak of.
-- column last_sale_month: Last sale month the lines speak of.
-- column units: Units of sales; NULL where there were only adjustments.
-- column streams: Units of sales in stores of class streaming; NULL elsewhere.
-- column gross_usd: Money of the lines whose rate is known, adjustments included, in USD.
-- column line_count: Statement lines.
--
-- Small, and built month by month: royalty_totals adds it up.
with royalties as (
    select
        reporting_month,
        source,
        artist,
        isrc,
        track,
        store,
        platform,
        is_artist_known,
        is_track_known,
        sale_month,
        units,
        streams,
        gross_usd,
        line_count
    from curated.royalties
)

select
    royalties.reporting_month,
    royalties.source,
    royalties.artist,
    royalties.isrc,
    royalties.track,
    royalties.store,
    royalties.platform,
    royalties.is_artist_known,
    royalties.is_track_known,
    min(royalties.sale_month) as first_sale_month,
    max(royalties.sale_month) as last_sale_month,
    sum(royalties.units)::bigint as units,
    sum(royalties.streams)::bigint as streams,
    sum(royalties.gross_usd)::decimal(38, 12) as gross_usd,
    sum(royalties.line_count)::bigint as line_count
from royalties
group by
    royalties.reporting_month,
    royalties.source,
    royalties.artist,
    royalties.isrc,
    royalties.track,
    royalties.store,
    royalties.platform,
    royalties.is_artist_known,
    royalties.is_track_known
