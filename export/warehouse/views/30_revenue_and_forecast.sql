-- One row per artist, platform and sale month: money of whole months, and the forecast of those after.
-- column artist: Artist, or the name as the distributor writes it.
-- column platform: Platform.
-- column sale_month: Month (YYYY-MM) of the use.
-- column is_forecast: The month is forecast, or over and not whole.
-- column gross_usd: Money of a whole month, USD; NULL where forecast or unknown.
-- column forecast_usd: Forecast money of the month, USD.
-- column low_80_usd: Lower end of the 80 % band, USD; bands of sums are not sums of bands.
-- column high_80_usd: Upper end of the 80 % band, USD.
-- column low_95_usd: Lower end of the 95 % band, USD.
-- column high_95_usd: Upper end of the 95 % band, USD.
-- column method: How it is forecast.
-- column month_count: Whole months that it rests on.
-- column model_mae_usd: Mean error of the model on months held back, USD.
-- column benchmark_mae_usd: Mean error of the simple guess it is compared with, USD.
-- column platform_usd_per_stream: What a stream paid on the platform in the month, USD, whoever the artist.
-- column open_streams: Streams of the month that no statement has paid yet.
-- column likely_usd: What of their money usually comes, USD; NULL where a rate is missing.
with expected as (
    select
        month,
        platform,
        artist,
        sum(open_streams) as open_streams,
        case when count(likely_usd) = count(*) then sum(likely_usd) end as likely_usd
    from curated.revenue_expected
    where artist is not null
    group by month, platform, artist
)

select
    revenue_forecast.artist,
    revenue_forecast.platform,
    revenue_forecast.sale_month,
    revenue_forecast.is_forecast,
    revenue_forecast.gross_usd,
    revenue_forecast.forecast_usd,
    revenue_forecast.low_80_usd,
    revenue_forecast.high_80_usd,
    revenue_forecast.low_95_usd,
    revenue_forecast.high_95_usd,
    revenue_forecast.method,
    revenue_forecast.month_count,
    forecast_backtest.model_mae_usd,
    forecast_backtest.benchmark_mae_usd,
    revenue_per_stream.usd_per_stream as platform_usd_per_stream,
    expected.open_streams,
    expected.likely_usd
from curated.revenue_forecast
left join curated.forecast_backtest
    on coalesce(revenue_forecast.artist, '') = coalesce(forecast_backtest.artist, '')
    and coalesce(revenue_forecast.platform, '') = coalesce(forecast_backtest.platform, '')
left join curated.revenue_per_stream
    on revenue_forecast.platform = revenue_per_stream.platform
    and revenue_forecast.sale_month = revenue_per_stream.sale_month
left join expected
    on revenue_forecast.sale_month = expected.month
    and revenue_forecast.platform = expected.platform
    and revenue_forecast.artist = expected.artist
