-- One row per artist, platform of the streams, channel, and days by which streams follow it.
-- key: artist, stream_platform, channel, channel_platform, is_label_wide, lag_days
-- check: low_95 <= slope and slope <= high_95
-- check: p_adjusted between 0 and 1 and p_value <= p_adjusted
-- export: yes
-- column artist: Artist whose streams are looked at.
-- column is_in_catalog: The artist is listed in catalog/artists.csv.
-- column stream_platform: Platform of the streams.
-- column channel: ad spend, ad link clicks, posts, views, or link page clicks.
-- column channel_platform: Platform of the channel.
-- column is_label_wide: The channel is the label's as a whole, not the artist's own.
-- column lag_days: Days between the channel's change and that of the streams: 0, 1, 3, 7 or 14.
-- column day_count: Days on which both changes are known: what the estimate rests on.
-- column changed_days: Days of these on which the channel changed at all.
-- column slope: Extra streams of a day per extra unit (USD, click, post, view) of the channel.
-- column low_95: Lower end of the 95 % interval of slope.
-- column high_95: Upper end of the 95 % interval of slope.
-- column p_value: Chance of a slope as far from 0 if there were none; NULL where nothing is tested.
-- column p_adjusted: The same, corrected for testing tested_pairs at once (Holm).
-- column tested_pairs: Rows of this table that were tested.
-- column verdict: streams rise with it, streams fall with it, no relation seen, or the data cannot
--     tell.
-- column reason: Why, in words.
--
-- Method: changes from day to day of both series (so that common growth proves nothing), less the
-- mean of their weekday (so that week-ends prove nothing); slope by least squares; Newey-West
-- interval with 7 lags, since changes of days that follow each other hang together, and never less
-- than 1.5 times White's variance, which is what differences of independent days have; Holm's
-- correction over every row tested, at 5 %. Tested is what has at least 60 days and 10 on which the
-- channel changed. Streams that move with a channel need not come from it: both may follow a
-- release. What truly happens a day apart shows on the same day turned round (and the other way
-- about), at half the size: such mirrors are not told as findings. Rounded to 9 decimals.
with streams as (
    select artist, platform as stream_platform, date, streams
    from curated.streams_daily
    where artist is not null and not is_partial
),

channels as (
    select channel, channel_platform, artist, date, value
    from curated.channel_days
),

artists as (
    select artist, is_in_catalog
    from curated.artists
),

stream_changes as (
    select
        artist,
        stream_platform,
        date,
        streams - lag(streams) over days as change,
        date - lag(date) over days as step
    from streams
    window days as (partition by artist, stream_platform order by date)
    qualify step = 1
),

channel_changes as (
    select
        channel,
        channel_platform,
        artist,
        date,
        value - lag(value) over days as change,
        date - lag(date) over days as step
    from channels
    window days as (partition by channel, channel_platform, artist order by date)
    qualify step = 1
),

streamed as (
    select artist, stream_platform
    from streams
    group by artist, stream_platform
),

pairs as (
    select
        row_number() over (
            order by
                streamed.artist,
                streamed.stream_platform,
                kinds.channel,
                kinds.channel_platform,
                kinds.artist,
                lags.lag_days
        ) as pair,
        streamed.artist,
        streamed.stream_platform,
        kinds.channel,
        kinds.channel_platform,
        kinds.artist as channel_artist,
        lags.lag_days
    from streamed
    inner join (
        select channel, channel_platform, artist
        from channels
        group by channel, channel_platform, artist
    ) as kinds on streamed.artist = kinds.artist or kinds.artist is null
    cross join (select unnest([0, 1, 3, 7, 14]) as lag_days) as lags
),

days as (
    select
        pairs.pair,
        stream_changes.date,
        isodow(stream_changes.date) as weekday,
        channel_changes.change as x,
        stream_changes.change as y
    from pairs
    inner join channel_changes
        on pairs.channel = channel_changes.channel
        and pairs.channel_platform is not distinct from channel_changes.channel_platform
        and pairs.channel_artist is not distinct from channel_changes.artist
    inner join stream_changes
        on pairs.artist = stream_changes.artist
        and pairs.stream_platform = stream_changes.stream_platform
        and stream_changes.date = channel_changes.date + pairs.lag_days::integer
),

weekday_means as (
    select
        pair,
        weekday,
        sum(x)::double / count(*) as mean_x,
        sum(y)::double / count(*) as mean_y
    from days
    group by pair, weekday
),

centred as (
    select
        days.pair,
        days.date,
        days.x != 0 as is_changed,
        (days.x::double - weekday_means.mean_x)::decimal(18, 6) as x,
        (days.y::double - weekday_means.mean_y)::decimal(18, 6) as y
    from days
    inner join weekday_means
        on days.pair = weekday_means.pair
        and days.weekday = weekday_means.weekday
),

sums as (
    select
        pair,
        count(*) as day_count,
        count(*) filter (where is_changed) as changed_days,
        sum((x::double * x::double)::decimal(38, 9))::double as xx,
        sum((x::double * y::double)::decimal(38, 9))::double as xy,
        sum((y::double * y::double)::decimal(38, 9))::double as yy
    from centred
    group by pair
),

fits as (
    select *, xy / xx as slope
    from sums
    where day_count >= 60 and changed_days >= 10 and xx > 0 and yy > 0
),

-- Each day's share in the error of the slope, in standard deviations of both series.
scores as (
    select
        centred.pair,
        centred.date,
        (
            centred.x::double
            * (centred.y::double - fits.slope * centred.x::double)::decimal(18, 6)::double
            * fits.day_count / sqrt(fits.xx * fits.yy)
        )::decimal(18, 9) as score
    from centred
    inner join fits on centred.pair = fits.pair
),

lagged_scores as (
    select
        pair,
        score,
        generate_series as lag_days,
        date + generate_series::integer as date
    from scores
    cross join generate_series(0, 7)
),

score_sums as (
    select
        lagged_scores.pair,
        sum(
            (lagged_scores.score::double * scores.score::double)::decimal(38, 9)
        ) filter (where lagged_scores.lag_days = 0)::double as plain_variance,
        sum(
            (lagged_scores.score::double * scores.score::double)::decimal(38, 9)
            * case when lagged_scores.lag_days = 0 then 8 else 16 - 2 * lagged_scores.lag_days end
        )::double / 8 as variance
    from lagged_scores
    inner join scores
        on lagged_scores.pair = scores.pair
        and lagged_scores.date = scores.date
    group by lagged_scores.pair
),

estimates as (
    select
        fits.pair,
        fits.day_count,
        fits.changed_days,
        fits.slope,
        sqrt(
            greatest(score_sums.variance, 1.5 * score_sums.plain_variance)
            * fits.yy / fits.xx / (fits.day_count - 8) / fits.day_count
        ) as slope_error
    from fits
    inner join score_sums on fits.pair = score_sums.pair
),

-- Student's t as a normal value: Abramowitz and Stegun 26.7.8.
normal_values as (
    select
        *,
        slope / slope_error * (1 - 1 / (4.0 * (day_count - 8)))
        / sqrt(1 + (slope / slope_error) ** 2 / (2.0 * (day_count - 8))) as normal_value
    from estimates
),

tested as (
    select
        *,
        case when slope_error = 0 then 0 else round(two_sided_p(normal_value), 9) end as p_value
    from normal_values
),

ranked as (
    select
        *,
        count(*) over () as tested_pairs,
        row_number() over (order by p_value, pair) as place
    from tested
),

corrected as (
    select
        *,
        max(least((tested_pairs - place + 1) * p_value, 1)) over (
            order by place
            rows unbounded preceding
        ) as p_adjusted
    from ranked
),

judged as (
    select
        pairs.*,
        coalesce(sums.day_count, 0) as day_count,
        coalesce(sums.changed_days, 0) as changed_days,
        corrected.slope,
        t_95(corrected.day_count - 8) * corrected.slope_error as half_width,
        corrected.p_value,
        corrected.p_adjusted,
        corrected.tested_pairs,
        corrected.pair is not null as is_tested,
        corrected.p_adjusted < 0.05 as is_related,
        max_by(corrected.slope, abs(corrected.slope)) filter (
            where pairs.lag_days <= 1 and corrected.p_adjusted < 0.05
        ) over (
            partition by
                pairs.artist,
                pairs.stream_platform,
                pairs.channel,
                pairs.channel_platform,
                pairs.channel_artist
        ) * corrected.slope < 0 and pairs.lag_days <= 1 as is_mirror
    from pairs
    left join sums on pairs.pair = sums.pair
    left join corrected on pairs.pair = corrected.pair
)

select
    judged.artist,
    coalesce(artists.is_in_catalog, false) as is_in_catalog,
    judged.stream_platform,
    judged.channel,
    judged.channel_platform,
    judged.channel_artist is null as is_label_wide,
    judged.lag_days::bigint as lag_days,
    judged.day_count,
    judged.changed_days,
    judged.slope::decimal(24, 9) as slope,
    (judged.slope - judged.half_width)::decimal(24, 9) as low_95,
    (judged.slope + judged.half_width)::decimal(24, 9) as high_95,
    judged.p_value::decimal(12, 9) as p_value,
    judged.p_adjusted::decimal(12, 9) as p_adjusted,
    judged.tested_pairs,
    case
        when not judged.is_tested or judged.is_related and judged.is_mirror
            then 'the data cannot tell'
        when not judged.is_related then 'no relation seen'
        when judged.slope > 0 then 'streams rise with it'
        else 'streams fall with it'
    end as verdict,
    case
        when judged.day_count < 60 then 'fewer than 60 days to compare'
        when judged.changed_days < 10 then 'the channel changed on fewer than 10 days'
        when not judged.is_tested then 'one of the two never changed'
        when judged.is_related and judged.is_mirror
            then 'a mirror of the stronger relation a day before or after'
        else 'tested together with ' || (judged.tested_pairs - 1) || ' others'
    end as reason
from judged
left join artists on judged.artist = artists.artist
