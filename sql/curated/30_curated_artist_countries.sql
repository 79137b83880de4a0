-- One row per reporting month, sale month, distributor, artist, platform and country: paid streams.
-- partition: reporting_month
-- key: reporting_month, sale_month, source, artist, platform, country
-- incremental: required
-- check: streams >= 0
-- column reporting_month: Month (YYYY-MM) in which the distributor booked the money.
-- column sale_month: Month (YYYY-MM) of the use.
-- column source: Distributor whose statement says so.
-- column artist: Artist as in the catalog, or as the distributor writes it.
-- column platform: Platform of the store.
-- column country: ISO country of the sale, as the distributor writes it.
-- column streams: Units of sales in stores of class streaming.
--
-- Small, and built month by month: what asks about all of history reads this, not every line.
with royalties as (
    select reporting_month, sale_month, source, artist, platform, country, streams
    from curated.royalties
    where streams is not null and artist is not null and country is not null
)

select
    royalties.reporting_month,
    royalties.sale_month,
    royalties.source,
    royalties.artist,
    royalties.platform,
    royalties.country,
    sum(royalties.streams)::bigint as streams
from royalties
group by
    royalties.reporting_month,
    royalties.sale_month,
    royalties.source,
    royalties.artist,
    royalties.platform,
    royalties.country
