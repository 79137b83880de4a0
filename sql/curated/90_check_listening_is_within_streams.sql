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

platform_months as (
    select month, platform, artist, streams
    from curated.platform_months
)

select
    listening_patterns.month,
    listening_patterns.platform,
    listening_patterns.source,
    listening_patterns.artist,
    listening_patterns.streams as listened_streams,
    platform_months.streams as daily_streams
from listening_patterns
left join platform_months
    on listening_patterns.month = platform_months.month
    and listening_patterns.platform = platform_months.platform
    and listening_patterns.artist = platform_months.artist
where listening_patterns.streams > coalesce(platform_months.streams, 0)
order by
    listening_patterns.month,
    listening_patterns.platform,
    listening_patterns.source,
    listening_patterns.artist
