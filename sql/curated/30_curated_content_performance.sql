-- One row per post, video or page: what it has gathered, and how that compares with its account.
-- key: platform, content_id
-- check: content_id is not null
-- check: viral_score is null or sample_size >= 10
-- export: yes
-- column platform: Platform of the post.
-- column content_id: Id of the post on the platform.
-- column profile: Who posted it; NULL where only an account of several profiles is known.
-- column account: Account it was seen through, where no profile is known; else NULL.
-- column artist: Artist the catalog has the profile's name as an alias of; NULL if it has not.
-- column content_type: What it is, as the source calls it.
-- column title: Title or caption.
-- column url: Address.
-- column published_at: Time of publication, UTC; NULL if never told.
-- column length_seconds: Length, in seconds; NULL for what does not last, or where it is not told.
-- column captured_on: Day of the newest look that told views; the newest look if none did.
-- column age_days: Days from publication to captured_on.
-- column views: Views since publication.
-- column reach: People reached since publication.
-- column likes: Likes since publication.
-- column comments: Comments since publication.
-- column shares: Shares since publication.
-- column saves: Saves since publication.
-- column watch_hours: Hours watched since publication.
-- column engagements: Likes, comments, shares and saves, those of them that are told.
-- column engagements_of: Which of the four were told; rates of different ones do not compare.
-- column engagement_rate: engagements by views, as a fraction; NULL without views.
-- column previous_captured_on: Day of the look before that told views.
-- column views_gained: Views gathered between the two looks; negative where taken back.
-- column days_between: Days between the two looks.
-- column age_class: Age on which the post's class begins: 0, 2, 4, 8, 15, 31, 91 or 366 days.
-- column median_views: Median views of the profile's posts when they were last seen at that age.
-- column sample_size: Posts of the profile, this one among them, seen at that age.
-- column viral_score: views by median_views; NULL with fewer than 10 posts or a median of zero.
--
-- Counts since publication grow with age, so posts are compared at the same age: each with what it
-- had when it was last seen in the age class. The post counts towards its own median, which holds
-- the score down a little. A post seen through two logins is one post.
with content as (
    select
        captured_on,
        platform,
        source,
        account,
        coalesce(name_key(profile), '') as profile_key,
        profile as told_profile,
        content_id,
        content_type,
        title,
        url,
        published_at,
        views,
        reach,
        likes,
        comments,
        shares,
        saves,
        watch_hours
    from feeds.content
),

profiles as (
    select platform, account, profile_key, profile, artist
    from curated.profiles
),

lengths as (
    select platform, content_id, max(seconds) as length_seconds
    from feeds.content_lengths
    group by platform, content_id
),

looks as (
    select
        content.* exclude (profile_key, told_profile),
        coalesce(profiles.profile, content.told_profile) as profile,
        profiles.artist
    from content
    left join profiles
        on content.platform = profiles.platform
        and content.account = profiles.account
        and content.profile_key = profiles.profile_key
    qualify row_number() over (
        partition by content.platform, content.content_id, content.captured_on
        order by content.views desc nulls last, content.source, content.account
    ) = 1
),

dated as (
    select
        looks.* exclude (profile, artist, content_type, title, url, published_at),
        last_value(profile ignore nulls) over of_post as profile,
        last_value(artist ignore nulls) over of_post as artist,
        last_value(content_type ignore nulls) over of_post as content_type,
        last_value(title ignore nulls) over of_post as title,
        last_value(url ignore nulls) over of_post as url,
        last_value(published_at ignore nulls) over of_post as published_at
    from looks
    window of_post as (
        partition by platform, content_id
        order by captured_on
        rows between unbounded preceding and unbounded following
    )
),

aged as (
    select
        dated.* exclude (account),
        case when dated.profile is null then dated.account end as account,
        dated.captured_on - dated.published_at::date as age_days,
        case
            when dated.captured_on - dated.published_at::date < 0 then null
            when dated.captured_on - dated.published_at::date < 2 then 0
            when dated.captured_on - dated.published_at::date < 4 then 2
            when dated.captured_on - dated.published_at::date < 8 then 4
            when dated.captured_on - dated.published_at::date < 15 then 8
            when dated.captured_on - dated.published_at::date < 31 then 15
            when dated.captured_on - dated.published_at::date < 91 then 31
            when dated.captured_on - dated.published_at::date < 366 then 91
            when dated.captured_on - dated.published_at::date >= 366 then 366
        end::bigint as age_class
    from dated
),

seen_at_age as (
    select platform, profile, account, content_id, age_class, arg_max(views, captured_on) as views
    from aged
    where views is not null and age_class is not null
    group by platform, profile, account, content_id, age_class
),

medians as (
    select
        platform,
        profile,
        account,
        age_class,
        median(views)::decimal(24, 1) as median_views,
        count(*) as sample_size
    from seen_at_age
    group by platform, profile, account, age_class
),

gains as (
    select
        platform,
        content_id,
        captured_on,
        lag(captured_on) over of_post as previous_captured_on,
        lag(views) over of_post as previous_views
    from aged
    where views is not null
    window of_post as (partition by platform, content_id order by captured_on)
),

newest as (
    select
        aged.*,
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
    from aged
    qualify row_number() over (
        partition by platform, content_id
        order by (views is not null) desc, captured_on desc
    ) = 1
)

select
    newest.platform,
    newest.content_id,
    newest.profile,
    newest.account,
    newest.artist,
    newest.content_type,
    newest.title,
    newest.url,
    newest.published_at,
    lengths.length_seconds,
    newest.captured_on,
    newest.age_days,
    newest.views,
    newest.reach,
    newest.likes,
    newest.comments,
    newest.shares,
    newest.saves,
    newest.watch_hours,
    newest.engagements,
    newest.engagements_of,
    case when newest.views > 0 then newest.engagements / newest.views end::decimal(24, 9)
        as engagement_rate,
    gains.previous_captured_on,
    newest.views - gains.previous_views as views_gained,
    newest.captured_on - gains.previous_captured_on as days_between,
    newest.age_class,
    medians.median_views,
    coalesce(medians.sample_size, 0) as sample_size,
    case
        when medians.sample_size >= 10 and medians.median_views > 0
            then newest.views / medians.median_views
    end::decimal(24, 9) as viral_score
from newest
left join lengths
    on newest.platform = lengths.platform
    and newest.content_id = lengths.content_id
left join gains
    on newest.platform = gains.platform
    and newest.content_id = gains.content_id
    and newest.captured_on = gains.captured_on
left join medians
    on newest.platform = medians.platform
    and newest.profile is not distinct from medians.profile
    and newest.account is not distinct from medians.account
    and newest.age_class = medians.age_class
