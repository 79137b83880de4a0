-- One row per reporting year and recording, artist and store: the money, without months.
-- partition: reporting_year
-- key: reporting_year, source, artist, isrc, track, store, platform, is_artist_known,
--     is_track_known
-- incremental: required
-- column reporting_year: Year (YYYY) in which the distributor booked the money.
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
-- Small, and built year by year: royalty_totals adds it up.
with revenue as (
    select
        reporting_year,
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
    from curated.revenue_by_track
)

select
    revenue.reporting_year,
    revenue.source,
    revenue.artist,
    revenue.isrc,
    revenue.track,
    revenue.store,
    revenue.platform,
    revenue.is_artist_known,
    revenue.is_track_known,
    min(revenue.sale_month) as first_sale_month,
    max(revenue.sale_month) as last_sale_month,
    sum(revenue.units)::bigint as units,
    sum(revenue.streams)::bigint as streams,
    sum(revenue.gross_usd)::decimal(38, 12) as gross_usd,
    sum(revenue.line_count)::bigint as line_count
from revenue
group by
    revenue.reporting_year,
    revenue.source,
    revenue.artist,
    revenue.isrc,
    revenue.track,
    revenue.store,
    revenue.platform,
    revenue.is_artist_known,
    revenue.is_track_known
