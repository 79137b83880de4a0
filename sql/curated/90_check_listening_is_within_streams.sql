-- One row per month, platform and artist with more streams listened to than streams_daily has.
-- severity: warn
--
-- Habits leave out days that are not finished, so theirs are as many or fewer. More of them means a
-- day counted twice, or that trust was given to a reporter that sees less.
with listening_patterns as (
    select month, platform, source, artist, sum(streams)::bigint as streams
    from curated.listening_patterns
    group by month, platform, source, artist
),

stream_growth as (
    select strftime(period_start, '%Y-%m') as month, platform, artist, streams
    from curated.stream_growth
    where period = 'month'
)

select
    listening_patterns.month,
    listening_patterns.platform,
    listening_patterns.source,
    listening_patterns.artist,
    listening_patterns.streams as listened_streams,
    stream_growth.streams as daily_streams
from listening_patterns
left join stream_growth
    on listening_patterns.month = stream_growth.month
    and listening_patterns.platform = stream_growth.platform
    and listening_patterns.artist = stream_growth.artist
where listening_patterns.streams > coalesce(stream_growth.streams, 0)
order by
    listening_patterns.month,
    listening_patterns.platform,
    listening_patterns.source,
    listening_patterns.artist
