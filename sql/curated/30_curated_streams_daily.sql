-- One row per day, platform and artist; or per account, on days when no one reports by artist.
-- partition: month
-- key: month, date, platform, artist, source, account
-- incremental: required
-- check: streams >= 0
-- check: artist is not null or account is not null
-- export: yes
-- column date: Day of the streams, as the platform cuts it.
-- column month: Month (YYYY-MM) of the day.
-- column platform: Platform the streams happened on.
-- column artist: Artist as in the catalog; NULL where only whole accounts are known.
-- column source: Source of the reporter that was believed.
-- column account: Distributor account the number is about; NULL for artists.
-- column reporter: Reporter that was believed.
-- column streams: Streams of the day. Every stream is in one row only: these may be added up.
-- column is_partial: The day is not finished, or someone counted on the platform is missing.
--
-- Reporters of the same streams are ranked by trust, never added. An artist's total may be seen
-- through two logins: the larger one is the fresher one. Accounts distribute different catalogues
-- and add up, but only on days when no reporter names artists on that platform.
with reported as (
    select date, month, platform, artist, source, account, reporter, trust, streams, is_partial
    from curated.streams_reported
),

reporters as (
    select platform, artist, source, account, first_date
    from curated.stream_reporters
),

one_reporter as (
    select *
    from reported
    qualify row_number() over (
        partition by
            month,
            date,
            platform,
            artist,
            case when artist is null then source end,
            case when artist is null then account end
        order by trust desc, is_partial, streams desc, reporter, source, account
    ) = 1
),

counted_once as (
    select *
    from one_reporter
    qualify artist is not null
        or count(artist) over (partition by month, date, platform) = 0
),

covered as (
    select *, count(*) over (partition by month, date, platform) as reported_count
    from counted_once
),

expected as (
    select
        platform,
        artist is null as is_account,
        first_date,
        sum(count(*)) over (
            partition by platform, artist is null
            order by first_date
        ) as expected_count
    from reporters
    group by platform, artist is null, first_date
)

select
    covered.date,
    covered.month,
    covered.platform,
    covered.artist,
    covered.source,
    case when covered.artist is null then covered.account end as account,
    covered.reporter,
    covered.streams,
    covered.is_partial or covered.reported_count < coalesce(expected.expected_count, 0)
        as is_partial
from covered
asof left join expected
    on covered.platform = expected.platform
    and (covered.artist is null) = expected.is_account
    and covered.date >= expected.first_date
