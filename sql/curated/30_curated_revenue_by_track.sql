-- One row per reporting month, sale month, account, recording and store: money without countries.
-- partition: reporting_year, reporting_month
-- key: reporting_year, reporting_month, sale_month, source, account, artist, track, isrc, store,
--     currency, is_artist_known, is_track_known
-- incremental: required
-- check: line_count > 0
-- check: (lines_without_rate = line_count) = (gross_usd is null)
-- column reporting_year: Year (YYYY) of reporting_month.
-- column reporting_month: Month (YYYY-MM) in which the distributor booked the money.
-- column sale_month: Month (YYYY-MM) of the use.
-- column source: Distributor whose statement says so.
-- column account: Account at the distributor.
-- column artist: Artist as in the catalog, or as the distributor writes it.
-- column track: Track as in the catalog, or as the distributor writes it.
-- column isrc: ISRC of the recording; NULL for whole albums.
-- column store: Store as the distributor writes it.
-- column is_artist_known: The catalog resolves the artist.
-- column is_track_known: The catalog knows the ISRC.
-- column platform: Platform the store belongs to; NULL while the store is not mapped.
-- column store_class: streaming, download, social or ads; NULL while the store is not mapped.
-- column currency: Currency of the statement, ISO 4217.
-- column owner_share: Owner's share of gross for the sale month, 0 to 1; NULL if unknown.
-- column units: Units of sales; NULL where there were only adjustments.
-- column streams: Units of sales in stores of class streaming; NULL elsewhere.
-- column streams_with_rate: Of streams, those whose money is known in USD.
-- column gross: Money of all lines in currency, exact.
-- column sales: Money of the sales in currency, exact; 0 when there were none.
-- column sales_usd: Money of the sales whose rate is known, in USD; NULL if of none.
-- column adjustments_usd: Money of all corrections and charges, in USD; 0 when there were none.
-- column artificial_usd: Of adjustments_usd, what was charged for artificial streams, in USD.
-- column gross_usd: Money of the lines whose rate is known, in USD; NULL if of none.
-- column net_usd: Owner's money of the lines whose rate and share are known, in USD; NULL if of
--     none.
-- column line_count: Statement lines.
-- column lines_without_rate: Lines in a currency without a rate: their money is not in USD.
--
-- Small, and built month by month. Tables that ask about all of history read what adds it up by
-- year (revenue_by_store, royalty_recordings, royalty_years, revenue_by_part): a dozen files, not a
-- file for each month.
with royalties as (
    select
        reporting_month,
        sale_month,
        source,
        account,
        kind,
        artist,
        track,
        isrc,
        store,
        platform,
        store_class,
        currency,
        owner_share,
        is_artist_known,
        is_track_known,
        units,
        streams,
        gross,
        gross_usd,
        net_usd,
        line_count
    from curated.royalties
)

select
    left(royalties.reporting_month, 4) as reporting_year,
    royalties.reporting_month,
    royalties.sale_month,
    royalties.source,
    royalties.account,
    royalties.artist,
    royalties.track,
    royalties.isrc,
    royalties.store,
    royalties.platform,
    royalties.store_class,
    royalties.currency,
    royalties.owner_share,
    royalties.is_artist_known,
    royalties.is_track_known,
    sum(royalties.units)::bigint as units,
    sum(royalties.streams)::bigint as streams,
    (sum(royalties.streams) filter (where royalties.gross_usd is not null))::bigint
        as streams_with_rate,
    sum(royalties.gross)::decimal(38, 12) as gross,
    coalesce(sum(royalties.gross) filter (where royalties.kind = 'sale'), 0)::decimal(38, 12)
        as sales,
    (sum(royalties.gross_usd) filter (where royalties.kind = 'sale'))::decimal(38, 12) as sales_usd,
    coalesce(sum(royalties.gross_usd) filter (where royalties.kind != 'sale'), 0)::decimal(38, 12)
        as adjustments_usd,
    coalesce(
        sum(royalties.gross_usd) filter (where royalties.kind = 'artificial_streams'),
        0
    )::decimal(38, 12) as artificial_usd,
    sum(royalties.gross_usd)::decimal(38, 12) as gross_usd,
    sum(royalties.net_usd)::decimal(38, 12) as net_usd,
    sum(royalties.line_count)::bigint as line_count,
    coalesce(sum(royalties.line_count) filter (where royalties.gross_usd is null), 0)::bigint
        as lines_without_rate
from royalties
group by
    royalties.reporting_month,
    royalties.sale_month,
    royalties.source,
    royalties.account,
    royalties.artist,
    royalties.track,
    royalties.isrc,
    royalties.store,
    royalties.platform,
    royalties.store_class,
    royalties.currency,
    royalties.owner_share,
    royalties.is_artist_known,
    royalties.is_track_known
