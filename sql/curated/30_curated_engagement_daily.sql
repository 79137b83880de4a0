-- One row per day, platform and profile: what people did there, however many reporters tell it.
-- partition: month
-- key: month, date, platform, profile, account
-- incremental: required
-- check: profile is not null or account is not null
-- check: (engagement_rate is null) = (engagements is null or coalesce(views, 0) <= 0)
-- export: yes
-- column date: Day of what people did, as the platform cuts it.
-- column month: Month (YYYY-MM) of the day.
-- column platform: Platform it happened on.
-- column profile: Handle or channel; NULL where only an account of several profiles is known.
-- column account: Account the numbers are about, where no profile is known; else NULL.
-- column artist: Artist the catalog has the profile's name as an alias of; NULL if it has not.
-- column source: Source that was taken.
-- column views: Views of the day.
-- column engaged_views: Views of the day that lasted, as YouTube counts them.
-- column reach: People reached on the day; they do not add up over days.
-- column profile_views: Views of the profile itself.
-- column likes: Likes given less likes taken back.
-- column comments: Comments written less comments deleted.
-- column shares: Shares.
-- column saves: Saves.
-- column link_clicks: Clicks on the profile's link.
-- column watch_hours: Hours watched.
-- column engagements: Likes, comments, shares and saves of the day, those of them that are told.
-- column engagements_of: Which of the four were told; rates of different ones do not compare.
-- column engagement_rate: engagements by views, as a fraction; NULL without views.
-- column is_partial: The day is not finished.
--
-- Reporters of one profile are never added, and never mixed within a row: the finished day counts
-- before the unfinished, then the one that tells most numbers, then the one that saw most views.
with engagement as (
    select
        date,
        month,
        platform,
        source,
        account,
        coalesce(name_key(profile), '') as profile_key,
        views,
        engaged_views,
        reach,
        profile_views,
        likes,
        comments,
        shares,
        saves,
        link_clicks,
        watch_hours,
        is_partial
    from feeds.engagement_daily
),

profiles as (
    select platform, account, profile_key, profile, profile_account, artist
    from curated.profiles
),

named as (
    select
        engagement.* exclude (account, profile_key),
        engagement.account as seen_through,
        profiles.profile,
        profiles.profile_account as account,
        profiles.artist,
        (engagement.views is not null)::bigint
        + (engagement.reach is not null)::bigint
        + (engagement.likes is not null)::bigint
        + (engagement.comments is not null)::bigint
        + (engagement.shares is not null)::bigint
        + (engagement.saves is not null)::bigint as told_count
    from engagement
    inner join profiles
        on engagement.platform = profiles.platform
        and engagement.account = profiles.account
        and engagement.profile_key = profiles.profile_key
),

one_reporter as (
    select *
    from named
    qualify row_number() over (
        partition by month, date, platform, profile, account
        order by is_partial, told_count desc, views desc nulls last, source, seen_through
    ) = 1
),

totals as (
    select
        one_reporter.*,
        case
            when coalesce(likes, comments, shares, saves) is not null
                then coalesce(likes, 0) + coalesce(comments, 0) + coalesce(shares, 0)
                    + coalesce(saves, 0)
        end as engagements,
        nullif(
            concat_ws(
                ', ',
                case when likes is not null then 'likes' end,
                case when comments is not null then 'comments' end,
                case when shares is not null then 'shares' end,
                case when saves is not null then 'saves' end
            ),
            ''
        ) as engagements_of
    from one_reporter
)

select
    totals.date,
    totals.month,
    totals.platform,
    totals.profile,
    totals.account,
    totals.artist,
    totals.source,
    totals.views,
    totals.engaged_views,
    totals.reach,
    totals.profile_views,
    totals.likes,
    totals.comments,
    totals.shares,
    totals.saves,
    totals.link_clicks,
    totals.watch_hours,
    totals.engagements,
    totals.engagements_of,
    case when totals.views > 0 then totals.engagements / totals.views end::decimal(24, 9)
        as engagement_rate,
    totals.is_partial
from totals
