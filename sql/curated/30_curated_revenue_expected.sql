-- One row per month not yet fully paid, platform and artist or account: the money still to come.
-- key: month, platform, artist, source, account
-- check: open_streams >= 0 and counted_streams >= 0
-- check: likely_usd is null or likely_usd <= expected_usd
-- export: yes
-- column month: Month (YYYY-MM) of the streams.
-- column platform: Platform the streams happened on.
-- column artist: Artist as in the catalog; NULL where only whole accounts are known.
-- column source: Distributor that reports the whole account; NULL for artists.
-- column account: Account that is reported as a whole; NULL for artists.
-- column streams: Streams of the month, of streams_daily.
-- column paid_streams: Of these, streams that statements have paid so far.
-- column open_streams: streams less paid_streams, never below 0.
-- column below_threshold_share: Share of streams in recordings under Spotify's threshold, 0 to 1.
-- column counted_streams: open_streams without those under the threshold.
-- column rate_month: Sale month (YYYY-MM) of the rate: the newest complete one.
-- column usd_per_stream: Rate of the platform in that month, in USD; NULL: none can be trusted.
-- column expected_usd: counted_streams times the rate, gross, in USD: the most that can come.
-- column usual_paid_share: Share of counted streams that statements usually pay (streams_paid).
-- column likely_usd: The same for what is usually paid and is not yet, in USD; NULL if that is
--     unknown.
-- column due_month: Month (YYYY-MM) by which the distributor's usual lag has passed; NULL if
--     unknown.
-- column is_partial: A day of the month is missing or only partly known: more will come.
--
-- A month is taken out once its statements are complete: what was not paid by then is not to come.
-- Gross, before splits and corrections. The rate is NULL rather than a guess where no complete
-- month has 100 streams. See streams_below_threshold for the recordings left out.
with streams_paid as (
    select
        month,
        platform,
        artist,
        source,
        account,
        streams,
        is_partial,
        paid_streams,
        usual_paid_share
    from curated.streams_paid
    where is_complete is distinct from true
),

rates as (
    select platform, sale_month, usd_per_stream
    from curated.revenue_per_stream
    where is_complete
),

newest_rates as (
    select
        platform,
        max(sale_month) filter (where usd_per_stream is not null) as rate_month,
        max(sale_month) as last_complete_month,
        arg_max(usd_per_stream, sale_month) filter (where usd_per_stream is not null)
            as usd_per_stream
    from rates
    group by platform
),

lags as (
    select source, platform, max(usual_lag_months) as lag_months
    from curated.revenue_lags
    group by source, platform
),

recordings as (
    select artist, verdict, streams_12_months
    from curated.streams_below_threshold
),

below as (
    select
        'spotify' as platform,
        artist,
        grouping(artist) = 1 as is_all,
        ratio(
            coalesce(sum(streams_12_months) filter (where verdict = 'below'), 0),
            sum(streams_12_months)
        ) as share
    from recordings
    group by grouping sets ((artist), ())
),

open_months as (
    select
        streams_paid.* exclude (usual_paid_share),
        streams_paid.usual_paid_share::decimal(18, 12) as usual_paid_share,
        greatest(streams_paid.streams - streams_paid.paid_streams, 0) as open_streams,
        coalesce(below.share, 0)::decimal(18, 12) as below_threshold_share,
        newest_rates.rate_month,
        newest_rates.usd_per_stream,
        coalesce(own.lag_months, of_source.lag_months, of_platform.lag_months) as lag_months
    from streams_paid
    left join newest_rates on streams_paid.platform = newest_rates.platform
    left join below
        on streams_paid.platform = below.platform
        and (streams_paid.artist is null) = below.is_all
        and streams_paid.artist is not distinct from below.artist
    left join lags as own
        on streams_paid.source = own.source
        and streams_paid.platform = own.platform
    left join lags as of_source
        on streams_paid.source = of_source.source
        and of_source.platform is null
    left join lags as of_platform
        on streams_paid.platform = of_platform.platform
        and of_platform.source is null
    where newest_rates.last_complete_month is null
        or streams_paid.month > newest_rates.last_complete_month
),

counted as (
    select
        *,
        open_streams - round(open_streams * below_threshold_share)::bigint as counted_streams,
        case
            when usual_paid_share is not null
                then greatest(round(streams * usual_paid_share)::bigint - paid_streams, 0)
        end as usual_streams,
        usd_per_stream::decimal(18, 12) as rate
    from open_months
)

select
    counted.month,
    counted.platform,
    counted.artist,
    counted.source,
    counted.account,
    counted.streams,
    counted.paid_streams,
    counted.open_streams,
    counted.below_threshold_share,
    counted.counted_streams,
    counted.rate_month,
    counted.usd_per_stream,
    (counted.counted_streams * counted.rate)::decimal(38, 12) as expected_usd,
    counted.usual_paid_share,
    case
        when counted.usual_streams is not null
            then (least(counted.usual_streams, counted.counted_streams) * counted.rate)
    end::decimal(38, 12) as likely_usd,
    month_after(counted.month, counted.lag_months) as due_month,
    counted.is_partial
from counted
