-- One row per month, artist (NULL: the whole label) and platform: its share of the streams.
-- key: month, artist, platform
-- check: share is null or share between 0 and 1
-- check: share is null or platform_count > 1
-- export: yes
-- column month: Month (YYYY-MM).
-- column artist: Artist as in the catalog; NULL for the whole label, which holds its artists.
-- column platform: Platform the streams happened on.
-- column streams: Streams of the month, out of streams_daily.
-- column all_streams: Streams of the month on all platforms that tell of this artist or the label.
-- column platform_count: Platforms that do.
-- column share: streams by all_streams; NULL with one platform: there is nothing to compare.
-- column previous_share: Share of the month before; NULL if unknown or over other platforms.
-- column share_change: share less previous_share; NULL unless both months are whole.
-- column streams_change: streams less those of the month before; NULL unless both are whole.
-- column is_partial: A platform of the month is not finished.
--
-- A platform that tells whole accounts only is in the label's rows and in no artist's, so an
-- artist's shares are of the platforms that name artists.
with stream_growth as (
    select
        strftime(period_start, '%Y-%m') as month,
        platform,
        artist,
        streams,
        is_partial
    from curated.stream_growth
    where period = 'month'
),

artist_months as (
    select
        month,
        artist,
        platform,
        sum(streams)::bigint as streams,
        bool_or(is_partial) as is_partial,
        false as is_label
    from stream_growth
    group by month, artist, platform
    having count(artist) > 0

    union all

    select
        month,
        null::varchar as artist,
        platform,
        sum(streams)::bigint as streams,
        bool_or(is_partial) as is_partial,
        true as is_label
    from stream_growth
    group by month, platform
),

totals as (
    select
        artist_months.* exclude (is_partial),
        is_partial as is_platform_partial,
        bool_or(is_partial) over of_month as is_partial,
        sum(streams) over of_month::bigint as all_streams,
        count(*) over of_month as platform_count,
        lag(month) over of_platform
            = strftime((month || '-01')::date - interval 1 month, '%Y-%m') as is_followed
    from artist_months
    window
        of_month as (partition by is_label, artist, month),
        of_platform as (partition by is_label, artist, platform order by month)
),

shares as (
    select
        totals.*,
        case
            when platform_count > 1
                then (streams / nullif(all_streams, 0))::decimal(9, 6)
        end as share,
        count(*) filter (where is_followed) over (
            partition by is_label, artist, month
        ) as followed_count
    from totals
),

followed as (
    select
        shares.*,
        is_followed
        and followed_count = platform_count
        and lag(platform_count) over of_platform = platform_count as is_same_platforms,
        lag(share) over of_platform as share_before,
        lag(streams) over of_platform as streams_before,
        lag(is_partial) over of_platform as was_partial,
        lag(is_platform_partial) over of_platform as was_platform_partial
    from shares
    window of_platform as (partition by is_label, artist, platform order by month)
)

select
    followed.month,
    followed.artist,
    followed.platform,
    followed.streams,
    followed.all_streams,
    followed.platform_count,
    followed.share,
    case when followed.is_same_platforms then followed.share_before end as previous_share,
    case
        when followed.is_same_platforms and not followed.was_partial and not followed.is_partial
            then followed.share - followed.share_before
    end::decimal(9, 6) as share_change,
    case
        when followed.is_followed
            and not followed.was_platform_partial
            and not followed.is_platform_partial
            then followed.streams - followed.streams_before
    end as streams_change,
    followed.is_partial
from followed
