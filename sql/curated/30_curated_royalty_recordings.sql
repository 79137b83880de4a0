-- One row per reporting month, sale month, recording and platform: what statements say.
-- partition: reporting_month
-- key: reporting_month, sale_month, isrc, artist, track, platform
-- incremental: required
-- column reporting_month: Month (YYYY-MM) in which the distributors booked the money.
-- column sale_month: Month (YYYY-MM) of the use.
-- column isrc: ISRC of the recording; NULL for whole albums.
-- column artist: Artist as in the catalog, or as the distributor writes it.
-- column track: Track as in the catalog, or as the distributor writes it.
-- column platform: Platform the store belongs to; NULL while the store is not mapped.
-- column streams: Units of sales in stores of class streaming; NULL where there were none.
-- column gross_usd: Money of the lines whose rate is known, adjustments included, in USD.
-- column lines_without_rate: Lines in a currency without a rate: not in gross_usd.
--
-- Small, and built month by month: what asks about all of history reads this.
with royalties as (
    select
        reporting_month,
        sale_month,
        isrc,
        artist,
        track,
        platform,
        streams,
        gross_usd,
        line_count
    from curated.royalties
)

select
    royalties.reporting_month,
    royalties.sale_month,
    royalties.isrc,
    royalties.artist,
    royalties.track,
    royalties.platform,
    sum(royalties.streams)::bigint as streams,
    sum(royalties.gross_usd)::decimal(38, 12) as gross_usd,
    coalesce(sum(royalties.line_count) filter (where royalties.gross_usd is null), 0)::bigint
        as lines_without_rate
from royalties
group by
    royalties.reporting_month,
    royalties.sale_month,
    royalties.isrc,
    royalties.artist,
    royalties.track,
    royalties.platform
