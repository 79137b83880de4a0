-- One row per artist and platform with revenue: which forecast was better on months held back?
-- key: artist, platform
-- check: method in ('trend and season', 'trend', 'seasonal naive', 'naive', 'the data cannot tell')
-- export: yes
-- column artist: Artist.
-- column platform: Platform.
-- column month_count: Whole months of the series.
-- column held_back: Months held back: the last 6 from 18 months on, the last 3 from 9 on, else 0.
-- column model: trend and season, or trend: what the fit has without the months held back; NULL if
--     none.
-- column model_mae_usd: Mean absolute error of the model on the months held back, USD.
-- column benchmark: seasonal naive (the same month a year before) from 24 months on, else naive
--     (the
--     last month known).
-- column benchmark_mae_usd: Mean absolute error of the benchmark on the same months, USD.
-- column mean_actual_usd: Mean money of the months held back, USD: what to measure the errors by.
-- column method: What revenue_forecast uses: the smaller error, the benchmark when both are equal.
-- column reason: Why, in words.
--
-- A handful of months decides: the winner is the better guess, no proof. Below 6 months nothing is
-- forecast; from 6 to 8 the naive one is taken untested.
with history as (
    select
        artist,
        platform,
        month_position,
        month_count,
        right(sale_month, 2)::bigint as calendar_month,
        gross_usd::decimal(18, 6) as gross_usd
    from curated.revenue_history
),

fits as (
    select
        artist,
        platform,
        calendar_month,
        held_back,
        mean_position,
        mean_usd,
        slope_usd,
        season_usd,
        has_season
    from curated.forecast_fits
    where sample = 'early'
),

series as (
    select
        artist,
        platform,
        max(month_count) as month_count,
        count(gross_usd) as known_count
    from history
    group by artist, platform
),

-- What was known before the months held back.
known as (
    select
        history.artist,
        history.platform,
        max_by(history.gross_usd, history.month_position) as last_usd
    from history
    inner join fits
        on history.artist = fits.artist
        and history.platform = fits.platform
        and history.calendar_month = fits.calendar_month
    where history.month_position <= history.month_count - fits.held_back
        and history.gross_usd is not null
    group by history.artist, history.platform
),

held as (
    select
        history.artist,
        history.platform,
        fits.has_season,
        history.gross_usd,
        (
            fits.mean_usd::double
            + fits.slope_usd::double * (history.month_position - fits.mean_position::double)
            + fits.season_usd::double
        )::decimal(18, 6) as model_usd,
        case
            when history.month_count < 24 then known.last_usd
            else year_before.gross_usd
        end as benchmark_usd
    from history
    inner join fits
        on history.artist = fits.artist
        and history.platform = fits.platform
        and history.calendar_month = fits.calendar_month
    inner join known
        on history.artist = known.artist
        and history.platform = known.platform
    left join history as year_before
        on history.artist = year_before.artist
        and history.platform = year_before.platform
        and history.month_position = year_before.month_position + 12
    where history.month_position > history.month_count - fits.held_back
),

errors as (
    select
        artist,
        platform,
        bool_or(has_season) as has_season,
        count(*) as held_back,
        sum(gross_usd)::double / count(*) as mean_actual_usd,
        sum(abs(gross_usd - model_usd))::double / count(*) as model_mae_usd,
        sum(abs(gross_usd - benchmark_usd))::double / count(*) as benchmark_mae_usd
    from held
    where gross_usd is not null and benchmark_usd is not null
    group by artist, platform
),

judged as (
    select
        series.artist,
        series.platform,
        series.month_count,
        series.known_count,
        coalesce(errors.held_back, 0) as held_back,
        case
            when errors.has_season then 'trend and season'
            when errors.held_back > 0 then 'trend'
        end as model,
        errors.model_mae_usd::decimal(18, 6) as model_mae_usd,
        case when series.month_count >= 24 then 'seasonal naive' else 'naive' end as benchmark,
        errors.benchmark_mae_usd::decimal(18, 6) as benchmark_mae_usd,
        errors.mean_actual_usd::decimal(18, 6) as mean_actual_usd
    from series
    left join errors on series.artist = errors.artist and series.platform = errors.platform
)

select
    judged.artist,
    judged.platform,
    judged.month_count,
    judged.held_back,
    judged.model,
    judged.model_mae_usd,
    judged.benchmark,
    judged.benchmark_mae_usd,
    judged.mean_actual_usd,
    case
        when judged.known_count < 6 then 'the data cannot tell'
        when judged.model_mae_usd < judged.benchmark_mae_usd then judged.model
        else judged.benchmark
    end as method,
    case
        when judged.known_count < 6 then 'fewer than 6 whole months are known'
        when judged.held_back = 0 then 'too few whole months to hold any back'
        when judged.model_mae_usd < judged.benchmark_mae_usd
            then judged.model || ' had the smaller error on ' || judged.held_back || ' months'
        else judged.benchmark || ' had no larger error on ' || judged.held_back || ' months'
    end as reason
from judged
