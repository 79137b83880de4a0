-- One row per day, platform and artist, or account where nobody names artists: the streams, beside their month's.
-- column date: Day of the streams.
-- column month: Month (YYYY-MM) of the day.
-- column platform: Platform the streams happened on.
-- column artist: Artist; NULL where only whole accounts are known.
-- column source: Source of an account's number; NULL for artists.
-- column account: Account that is reported as a whole; NULL for artists.
-- column reporter: Reporter that was believed.
-- column streams: Streams of the day: every stream is in one row only, so they may be added up.
-- column is_partial: The day is not finished, or someone counted on the platform is missing.
-- column month_streams: Streams of the month; the same in all its days, so never added up.
-- column month_growth_pct: The month against the one before, in percent; NULL unless both are whole.
-- column is_month_partial: A day of the month is missing, unfinished or only partly covered.
-- column month_share: The platform's share of the artist's streams of the month, a fraction of 1.
select
    streams_daily.date,
    streams_daily.month,
    streams_daily.platform,
    streams_daily.artist,
    streams_daily.source,
    streams_daily.account,
    streams_daily.reporter,
    streams_daily.streams,
    streams_daily.is_partial,
    stream_growth.streams as month_streams,
    stream_growth.growth_pct as month_growth_pct,
    stream_growth.is_partial as is_month_partial,
    platform_preference.share as month_share
from curated.streams_daily
left join curated.stream_growth
    on stream_growth.period = 'month'
    and cast(streams_daily.month || '-01' as date) = stream_growth.period_start
    and streams_daily.platform = stream_growth.platform
    and coalesce(streams_daily.artist, '') = coalesce(stream_growth.artist, '')
    and coalesce(streams_daily.source, '') = coalesce(stream_growth.source, '')
    and coalesce(streams_daily.account, '') = coalesce(stream_growth.account, '')
left join curated.platform_preference
    on streams_daily.month = platform_preference.month
    and streams_daily.artist = platform_preference.artist
    and streams_daily.platform = platform_preference.platform
