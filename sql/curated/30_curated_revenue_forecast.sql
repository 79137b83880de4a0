-- One row per artist, platform and sale month: whole months taken apart, then 6 months forecast.
-- key: artist, platform, sale_month
-- check: low_95_usd <= low_80_usd and low_80_usd <= forecast_usd
-- check: forecast_usd <= high_80_usd and high_80_usd <= high_95_usd
-- export: yes
-- column artist: Artist as in the catalog, or as the distributor writes it.
-- column platform: Platform.
-- column sale_month: Month (YYYY-MM) of the use.
-- column is_forecast: The month is forecast; also true for months that are over but not whole.
-- column gross_usd: Money of a whole month, adjustments included, USD; NULL where forecast or
--     unknown.
-- column trend_usd: Straight line through the whole months, USD; NULL where the forecast is a
--     naive one.
-- column season_usd: What the calendar month differs from the trend, USD; 0 below 24 months to fit.
-- column remainder_usd: gross_usd less trend and season, USD; NULL where forecast.
-- column forecast_usd: Forecast money of the month, USD; NULL for whole months and where nothing
--     can be
--     told.
-- column low_80_usd: Lower end of the 80 % band, USD.
-- column high_80_usd: Upper end of the 80 % band, USD.
-- column low_95_usd: Lower end of the 95 % band, USD.
-- column high_95_usd: Upper end of the 95 % band, USD.
-- column method: trend and season, trend, seasonal naive, naive, or the data cannot tell: what was
--     better in forecast_backtest.
-- column month_count: Whole months that it rests on.
--
-- Bands: Student's t times, for the line, residual sd × sqrt(1 + 1/n + distance² / spread); for
-- naive, root mean square of the changes from month to month × sqrt(months ahead); for seasonal
-- naive that of the changes from year to year (Hyndman, Forecasting, 3rd ed., 5.5). They know no
-- new release and no lost playlist. Forecast and bands are not below 0 unless a month has been.
-- Bands of sums are not sums of bands.
with history as (
    select
        artist,
        platform,
        sale_month,
        month_position,
        month_count,
        gross_usd::decimal(18, 6) as gross_usd
    from curated.revenue_history
),

fits as (
    select *
    from curated.forecast_fits
    where sample = 'all'
),

backtest as (
    select artist, platform, method
    from curated.forecast_backtest
),

changes as (
    select
        history.artist,
        history.platform,
        (history.gross_usd - month_before.gross_usd)::decimal(18, 6) as month_change,
        (history.gross_usd - year_before.gross_usd)::decimal(18, 6) as year_change
    from history
    left join history as month_before
        on history.artist = month_before.artist
        and history.platform = month_before.platform
        and history.month_position = month_before.month_position + 1
    left join history as year_before
        on history.artist = year_before.artist
        and history.platform = year_before.platform
        and history.month_position = year_before.month_position + 12
),

change_sizes as (
    select
        artist,
        platform,
        count(month_change) as month_changes,
        count(year_change) as year_changes,
        sqrt(
            sum((month_change::double ** 2)::decimal(38, 12))::double
            / nullif(count(month_change), 0)
        ) as month_rms,
        sqrt(
            sum((year_change::double ** 2)::decimal(38, 12))::double
            / nullif(count(year_change), 0)
        ) as year_rms
    from changes
    group by artist, platform
),

series as (
    select
        artist,
        platform,
        max(month_count) as month_count,
        count(gross_usd) as known_count,
        month_index(max(sale_month)) as last_number,
        max_by(gross_usd, month_position) filter (where gross_usd is not null) as last_usd,
        least(min(gross_usd), 0)::double as floor_usd
    from history
    group by artist, platform
),

months_ahead as (
    select
        series.*,
        backtest.method,
        steps.ahead,
        month_of_index(series.last_number + steps.ahead) as sale_month
    from series
    inner join backtest
        on series.artist = backtest.artist
        and series.platform = backtest.platform
    cross join (select unnest(range(1, 7)) as ahead) as steps
),

forecasts as (
    select
        months_ahead.artist,
        months_ahead.platform,
        months_ahead.sale_month,
        months_ahead.method,
        months_ahead.known_count,
        months_ahead.floor_usd,
        case
            when months_ahead.method in ('trend', 'trend and season')
                then fits.mean_usd::double
                    + fits.slope_usd::double * (
                        months_ahead.month_count + months_ahead.ahead - fits.mean_position::double
                    )
        end as trend_usd,
        case when months_ahead.method in ('trend', 'trend and season') then fits.season_usd end
            as season_usd,
        case months_ahead.method
            when 'naive' then months_ahead.last_usd::double
            when 'seasonal naive' then year_before.gross_usd::double
            else trend_usd + season_usd::double
        end as forecast_usd,
        case months_ahead.method
            when 'naive' then change_sizes.month_rms * sqrt(months_ahead.ahead)
            when 'seasonal naive' then change_sizes.year_rms
            else fits.residual_sd::double * sqrt(
                1 + 1.0::double / fits.month_count
                + (months_ahead.month_count + months_ahead.ahead - fits.mean_position::double) ** 2
                / fits.position_spread::double
            )
        end as forecast_sd,
        case months_ahead.method
            when 'naive' then change_sizes.month_changes
            when 'seasonal naive' then change_sizes.year_changes
            else fits.residual_freedom
        end::double as freedom
    from months_ahead
    left join fits
        on months_ahead.artist = fits.artist
        and months_ahead.platform = fits.platform
        and right(months_ahead.sale_month, 2)::bigint = fits.calendar_month
    left join change_sizes
        on months_ahead.artist = change_sizes.artist
        and months_ahead.platform = change_sizes.platform
    left join history as year_before
        on months_ahead.artist = year_before.artist
        and months_ahead.platform = year_before.platform
        and months_ahead.month_count + months_ahead.ahead = year_before.month_position + 12
),

bands as (
    select
        *,
        forecast_usd - t_80(freedom) * forecast_sd as low_80_usd,
        forecast_usd + t_80(freedom) * forecast_sd as high_80_usd,
        forecast_usd - t_95(freedom) * forecast_sd as low_95_usd,
        forecast_usd + t_95(freedom) * forecast_sd as high_95_usd
    from forecasts
),

past as (
    select
        history.artist,
        history.platform,
        history.sale_month,
        history.gross_usd,
        (
            fits.mean_usd::double
            + fits.slope_usd::double * (history.month_position - fits.mean_position::double)
        )::decimal(18, 6) as trend_usd,
        fits.season_usd::decimal(18, 6) as season_usd,
        backtest.method,
        series.known_count
    from history
    inner join series
        on history.artist = series.artist
        and history.platform = series.platform
    inner join backtest
        on history.artist = backtest.artist
        and history.platform = backtest.platform
    left join fits
        on history.artist = fits.artist
        and history.platform = fits.platform
        and right(history.sale_month, 2)::bigint = fits.calendar_month
)

select
    past.artist,
    past.platform,
    past.sale_month,
    false as is_forecast,
    past.gross_usd,
    past.trend_usd,
    past.season_usd,
    (past.gross_usd - past.trend_usd - past.season_usd)::decimal(18, 6) as remainder_usd,
    null::decimal(18, 6) as forecast_usd,
    null::decimal(18, 6) as low_80_usd,
    null::decimal(18, 6) as high_80_usd,
    null::decimal(18, 6) as low_95_usd,
    null::decimal(18, 6) as high_95_usd,
    past.method,
    past.known_count as month_count
from past

union all

select
    bands.artist,
    bands.platform,
    bands.sale_month,
    true as is_forecast,
    null::decimal(18, 6) as gross_usd,
    bands.trend_usd::decimal(18, 6) as trend_usd,
    bands.season_usd::decimal(18, 6) as season_usd,
    null::decimal(18, 6) as remainder_usd,
    if(bands.forecast_usd < bands.floor_usd, bands.floor_usd, bands.forecast_usd)::decimal(18, 6)
        as forecast_usd,
    if(bands.low_80_usd < bands.floor_usd, bands.floor_usd, bands.low_80_usd)::decimal(18, 6)
        as low_80_usd,
    if(bands.high_80_usd < bands.floor_usd, bands.floor_usd, bands.high_80_usd)::decimal(18, 6)
        as high_80_usd,
    if(bands.low_95_usd < bands.floor_usd, bands.floor_usd, bands.low_95_usd)::decimal(18, 6)
        as low_95_usd,
    if(bands.high_95_usd < bands.floor_usd, bands.floor_usd, bands.high_95_usd)::decimal(18, 6)
        as high_95_usd,
    bands.method,
    bands.known_count as month_count
from bands
