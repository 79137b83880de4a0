-- One row per artist, platform, sample of its months, and month of the year: trend and season.
-- key: artist, platform, sample, calendar_month
-- check: residual_sd >= 0
-- column artist: Artist.
-- column platform: Platform.
-- column sample: all: every whole month; early: without the last ones, which forecast_backtest
--     holds
--     back.
-- column calendar_month: 1 for January to 12.
-- column month_count: Months with known money in the sample.
-- column held_back: Months at the end of the series that the early sample leaves out.
-- column mean_position: Mean of month_position in the sample.
-- column position_spread: Sum of squared distances of month_position from its mean; with a season
--     from that of its calendar month.
-- column mean_usd: The trend at mean_position, USD: the mean of the months, or with a season of a
--     year.
-- column slope_usd: Change of the trend from month to month, USD.
-- column season_usd: What the calendar month differs from the trend, USD; 0 without has_season.
-- column has_season: The early sample has at least 24 months: every month of the year twice.
-- column residual_sd: Standard deviation of what is left, USD; its freedom is residual_freedom.
-- column residual_freedom: month_count less 2, and less 11 more with a season.
--
-- Method: least squares on the money of whole months: a straight line, and with a season one level
-- for each calendar month beside it. Both at once: a line fitted first takes a part of the season
-- for its slope. So the slope is that of the same months from year to year, and the season what a
-- calendar month differs from the line, centred. Held back are 6 months from 18 months on, 3 from 9
-- on, else none. Below 6 months nothing is fitted. Rounded to 12 decimals.
with history as (
    select
        artist,
        platform,
        month_position,
        month_count - case when month_count >= 18 then 6 when month_count >= 9 then 3 else 0 end
            as early_count,
        month_count,
        right(sale_month, 2)::bigint as calendar_month,
        gross_usd::decimal(18, 6) as gross_usd
    from curated.revenue_history
    where gross_usd is not null
),

samples as (
    select history.*, kinds.sample
    from history
    cross join (select unnest(['all', 'early']) as sample) as kinds
    where kinds.sample = 'all'
        or (
            history.month_position <= history.early_count
            and history.early_count < history.month_count
        )
),

sums as (
    select
        artist,
        platform,
        sample,
        calendar_month,
        month_position,
        gross_usd,
        month_count - early_count as held_back,
        early_count >= 24 as is_long,
        count(*) over whole as known_count,
        sum(month_position) over whole::double as sum_x,
        sum(month_position * month_position) over whole::double as sum_xx,
        sum(gross_usd) over whole::double as sum_y,
        sum((month_position * gross_usd::double)::decimal(38, 9)) over whole::double as sum_xy,
        month_position - sum(month_position) over same_months::double / count(*) over same_months
            as year_x,
        gross_usd::double - sum(gross_usd) over same_months::double / count(*) over same_months
            as year_y
    from samples
    window
        whole as (partition by artist, platform, sample),
        same_months as (partition by artist, platform, sample, calendar_month)
    qualify count(*) over whole >= 6
),

year_sums as (
    select
        *,
        sum((year_x ** 2)::decimal(38, 9)) over whole::double as year_xx,
        sum((year_x * year_y)::decimal(38, 9)) over whole::double as year_xy,
        is_long and year_xx > 0 as has_season
    from sums
    window whole as (partition by artist, platform, sample)
),

lines as (
    select
        *,
        sum_x / known_count as mean_position,
        if(has_season, year_xx, sum_xx - sum_x * sum_x / known_count) as position_spread,
        sum_y / known_count as mean_usd,
        if(has_season, year_xy, sum_xy - sum_x * sum_y / known_count) / position_spread
            as slope_usd
    from year_sums
),

remainders as (
    select
        *,
        (
            gross_usd::double - mean_usd - slope_usd * (month_position - mean_position)
        )::decimal(24, 12) as remainder_usd
    from lines
),

calendar_months as (
    select
        artist,
        platform,
        sample,
        calendar_month,
        held_back,
        has_season,
        known_count,
        mean_position,
        position_spread,
        mean_usd,
        slope_usd,
        count(*) as years,
        sum(remainder_usd)::double as remainder_sum,
        sum((remainder_usd::double ** 2)::decimal(38, 12))::double as remainder_squares,
        case when has_season then (remainder_sum / years)::decimal(24, 12) else 0 end
            as calendar_mean
    from remainders
    group by
        artist,
        platform,
        sample,
        calendar_month,
        held_back,
        has_season,
        known_count,
        mean_position,
        position_spread,
        mean_usd,
        slope_usd
),

seasons as (
    select
        *,
        (
            sum(calendar_mean) over (partition by artist, platform, sample)::double / 12
        )::decimal(24, 12) as mean_season,
        calendar_mean - mean_season as season_usd
    from calendar_months
),

series as (
    select
        artist,
        platform,
        sample,
        held_back,
        has_season,
        known_count,
        mean_position,
        position_spread,
        mean_usd + mean_season::double as level_usd,
        slope_usd,
        map_from_entries(list((calendar_month, season_usd) order by calendar_month)) as season_of,
        greatest(
            sum(
                (
                    remainder_squares
                    - 2 * calendar_mean::double * remainder_sum
                    + years * calendar_mean::double ** 2
                )::decimal(38, 9)
            ),
            0
        )::double as squares,
        known_count - if(has_season, 13, 2) as freedom
    from seasons
    group by
        artist,
        platform,
        sample,
        held_back,
        has_season,
        known_count,
        mean_position,
        position_spread,
        mean_usd,
        mean_season,
        slope_usd
),

calendar as (
    select unnest(range(1, 13)) as calendar_month
)

select
    series.artist,
    series.platform,
    series.sample,
    calendar.calendar_month,
    series.known_count as month_count,
    series.held_back::bigint as held_back,
    series.mean_position::decimal(18, 9) as mean_position,
    series.position_spread::decimal(24, 9) as position_spread,
    series.level_usd::decimal(24, 12) as mean_usd,
    series.slope_usd::decimal(24, 12) as slope_usd,
    coalesce(series.season_of[calendar.calendar_month], 0)::decimal(24, 12) as season_usd,
    series.has_season,
    sqrt(series.squares / series.freedom)::decimal(18, 6) as residual_sd,
    series.freedom::bigint as residual_freedom
from series
cross join calendar
