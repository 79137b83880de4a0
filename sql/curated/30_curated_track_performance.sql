-- One row per month, recording or track and platform: what is paid beside what platforms show.
-- partition: year
-- key: year, month, isrc, artist, track, platform
-- check: coalesce(statement_streams, 0) >= 0 and coalesce(day_streams, 0) >= 0
-- incremental: required
-- export: yes
-- column year: Year (YYYY) of month.
-- column month: Month (YYYY-MM) of the use, the days and the picture.
-- column isrc: ISRC of the recording; NULL for whole albums and titles nobody resolves.
-- column artist: Artist as in the catalog, or as the source writes it; NULL if it does not say.
-- column track: Track as in the catalog, or as the source writes it.
-- column platform: Platform of the streams; NULL while the store is not mapped.
-- column statement_streams: Streams by statements, of stores of class streaming.
-- column gross_usd: Money of the lines whose rate is known, adjustments included, in USD.
-- column lines_without_rate: Statement lines whose money is not in gross_usd.
-- column is_statement_partial: Of a distributor the month's money has not come yet (sale_months);
--     NULL: cannot be told.
-- column day_streams: Streams of the month's days as the platform shows them; never add to others.
-- column day_count: Days in day_streams.
-- column is_day_partial: A day of the month is missing from day_streams, or not finished.
-- column window_streams: Streams of the 28 days before window_end, as the platform shows them;
--     never add windows.
-- column window_listeners: People who listened in these 28 days.
-- column window_saves: People who saved the recording in these 28 days.
-- column window_end: Day of the month's newest picture of 28 days.
-- column streams_per_listener: window_streams by window_listeners, to 9 decimals; NULL at none.
-- column saved_pct: window_saves in percent of window_listeners; NULL at none.
--
-- Three views of the same streams, side by side: statements are paid, days and the window of 28
-- days are shown, and overlap. Only statement_streams and gross_usd add up over rows.
with royalty_recordings as (
    select
        year,
        sale_month,
        isrc,
        artist,
        track,
        platform,
        streams,
        gross_usd,
        lines_without_rate
    from curated.royalty_recordings
),

track_windows as (
    select
        year,
        month,
        platform,
        time_window,
        isrc,
        artist,
        track,
        last_date,
        day_count,
        streams,
        listeners,
        saves,
        is_partial
    from curated.track_windows
    where time_window in ('days', '28day')
),

track_names as (
    select isrc, track, artist
    from curated.track_names
),

sale_months as (
    select year, sale_month, platform, is_complete
    from curated.sale_months
    where source is null
),

paid as (
    select
        year,
        sale_month as month,
        isrc,
        case when isrc is null then artist end as artist,
        case when isrc is null then track end as track,
        platform,
        sum(streams)::bigint as streams,
        sum(gross_usd)::decimal(38, 12) as gross_usd,
        sum(lines_without_rate)::bigint as lines_without_rate
    from royalty_recordings
    group by
        year,
        sale_month,
        isrc,
        case when isrc is null then artist end,
        case when isrc is null then track end,
        platform
),

measures as (
    select
        year,
        month,
        isrc,
        artist,
        track,
        platform,
        null::varchar as shown_artist,
        null::varchar as shown_track,
        streams as statement_streams,
        gross_usd,
        lines_without_rate,
        true as is_paid,
        null::bigint as day_streams,
        null::bigint as day_count,
        null::boolean as is_day_partial,
        null::bigint as window_streams,
        null::bigint as window_listeners,
        null::bigint as window_saves,
        null::date as window_end
    from paid

    union all

    select
        year,
        month,
        isrc,
        case when isrc is null then artist end as artist,
        case when isrc is null then track end as track,
        platform,
        artist as shown_artist,
        track as shown_track,
        null as statement_streams,
        null as gross_usd,
        null as lines_without_rate,
        null as is_paid,
        case when time_window = 'days' then streams end as day_streams,
        day_count,
        case when time_window = 'days' then is_partial end as is_day_partial,
        case when time_window = '28day' then streams end as window_streams,
        listeners as window_listeners,
        saves as window_saves,
        case when time_window = '28day' then last_date end as window_end
    from track_windows
),

totals as (
    select
        year,
        month,
        isrc,
        artist,
        track,
        platform,
        min(shown_artist) as shown_artist,
        min(shown_track) as shown_track,
        max(statement_streams) as statement_streams,
        max(gross_usd) as gross_usd,
        max(lines_without_rate) as lines_without_rate,
        bool_or(is_paid) as is_paid,
        max(day_streams) as day_streams,
        max(day_count) as day_count,
        bool_or(is_day_partial) as is_day_partial,
        max(window_streams) as window_streams,
        max(window_listeners) as window_listeners,
        max(window_saves) as window_saves,
        max(window_end) as window_end
    from measures
    group by year, month, isrc, artist, track, platform
)

select
    totals.year,
    totals.month,
    totals.isrc,
    coalesce(track_names.artist, totals.artist, totals.shown_artist) as artist,
    coalesce(track_names.track, totals.track, totals.shown_track) as track,
    totals.platform,
    totals.statement_streams,
    totals.gross_usd,
    totals.lines_without_rate,
    case when totals.is_paid then not sale_months.is_complete end as is_statement_partial,
    totals.day_streams,
    totals.day_count,
    totals.is_day_partial,
    totals.window_streams,
    totals.window_listeners,
    totals.window_saves,
    totals.window_end,
    (totals.window_streams::double / nullif(totals.window_listeners, 0))::decimal(18, 9)
        as streams_per_listener,
    100.0::double * totals.window_saves / nullif(totals.window_listeners, 0) as saved_pct
from totals
left join track_names on totals.isrc = track_names.isrc
left join sale_months
    on totals.year = sale_months.year
    and totals.month = sale_months.sale_month
    and totals.platform is not distinct from sale_months.platform
