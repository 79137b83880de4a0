-- One row per recording and whether it has the 1,000 streams in 12 months that Spotify pays from.
-- key: isrc
-- check: streams_12_months >= 0
-- export: yes
-- column isrc: ISRC of the recording.
-- column track: Track as in the catalog, or as a statement writes it (the first by alphabet).
-- column artist: Artist as in the catalog, or as a statement writes it (the first by alphabet).
-- column first_month: First sale month (YYYY-MM) of the window.
-- column last_month: Last sale month (YYYY-MM) of the window: the newest complete one at Spotify.
-- column months_known: Months of the window in its distributor's statements; 12 is all. Of several
--     distributors the one that knows most.
-- column streams_12_months: Spotify streams in the window, by statements.
-- column streams_missing: Streams that are missing to 1,000; 0 above.
-- column gross_usd: Spotify's money for the window, in USD; NULL if unknown.
-- column verdict: below, above, or 'the data cannot tell' (the window is not whole).
--
-- Since 2024 Spotify pays nothing for a recording that had fewer than 1,000 streams in the 12
-- months before. Only statements know recordings by month. A window with months of which no
-- statement of the recording's distributors speaks proves 'above', never 'below'. Recordings no
-- statement has ever named are not here.
with revenue as (
    select sale_month, source, isrc, track, artist, streams, gross_usd
    from curated.royalty_recordings
    where platform = 'spotify' and store_class = 'streaming'
),

rates as (
    select sale_month
    from curated.revenue_per_stream
    where platform = 'spotify' and is_complete
),

stores as (
    select source, sale_month
    from curated.revenue_by_store
    where platform = 'spotify' and store_class = 'streaming'
),

last_complete as (
    select
        max(sale_month) as last_month,
        month_after(max(sale_month), -11) as first_month
    from rates
),

known_months as (
    select
        stores.source,
        last_complete.first_month,
        last_complete.last_month,
        (
            count(distinct stores.sale_month) filter (
                where stores.sale_month between last_complete.first_month
                    and last_complete.last_month
            )
        )::bigint as months_known
    from stores
    inner join last_complete on last_complete.last_month is not null
    group by stores.source, last_complete.first_month, last_complete.last_month
),

recordings as (
    select
        revenue.isrc,
        known_months.first_month,
        known_months.last_month,
        min(revenue.track) as track,
        min(revenue.artist) as artist,
        max(known_months.months_known) as months_known,
        coalesce(
            sum(revenue.streams) filter (
                where revenue.sale_month between known_months.first_month
                    and known_months.last_month
            ),
            0
        )::bigint as streams_12_months,
        (
            sum(revenue.gross_usd) filter (
                where revenue.sale_month between known_months.first_month
                    and known_months.last_month
            )
        )::decimal(38, 12) as gross_usd
    from revenue
    inner join known_months on revenue.source = known_months.source
    group by revenue.isrc, known_months.first_month, known_months.last_month
    having count(revenue.isrc) > 0
)

select
    recordings.isrc,
    recordings.track,
    recordings.artist,
    recordings.first_month,
    recordings.last_month,
    recordings.months_known,
    recordings.streams_12_months,
    greatest(1000 - recordings.streams_12_months, 0)::bigint as streams_missing,
    recordings.gross_usd,
    case
        when recordings.streams_12_months >= 1000 then 'above'
        when recordings.months_known = 12 then 'below'
        else 'the data cannot tell'
    end as verdict
from recordings
