-- One row per profile, dimension and value: views of posts made so, or that nothing can be said.
-- key: platform, profile, account, dimension, value
-- check: dimension in ('all', 'weekday', 'hour', 'format', 'length')
-- check: median_views is null or median_views >= coalesce(low_views, 0)
-- check: not is_best or verdict = 'more views than the rest'
-- export: yes
-- column platform: Platform of the posts.
-- column profile: Who posted; NULL where only an account of several profiles is known.
-- column account: Account, where no profile is known; else NULL.
-- column artist: Artist the catalog has the profile's name as an alias of; NULL if it has not.
-- column dimension: weekday, hour (four hours, UTC), format or length; all: too few posts to ask.
-- column value: The weekday, the hours, the format or the range of seconds.
-- column post_count: Posts made so.
-- column median_views: Median views of these posts.
-- column low_views: Lower end of the 99 % interval of the median; NULL below 9 posts.
-- column high_views: Upper end of the 99 % interval of the median; NULL below 9 posts.
-- column all_post_count: Posts of the profile that are old enough to count.
-- column all_median_views: Median views of all of them.
-- column verdict: In words: more views than the rest, fewer views, or that the data cannot tell.
-- column is_best: The highest median of its dimension, and the verdict is more views.
--
-- Only posts at least seven days old, whose views were last told then or later. The interval is
-- that of order statistics (Conover 1999, normal approximation of the sign test: ranks
-- n/2 - 1.288 √n and 1 + n/2 + 1.288 √n, rounded): it assumes nothing about how views spread. 99 %
-- and not 95 %, since a dozen values are asked about at once. Below 20 posts of the profile one row
-- says so. A better weekday is what was seen, not what caused it.
with posts as (
    select
        platform,
        profile,
        account,
        artist,
        content_type,
        published_at,
        length_seconds,
        views
    from curated.content_performance
    where age_days >= 7 and views is not null
),

dimensions as (
    select *
    from (values ('all'), ('weekday'), ('hour'), ('format'), ('length')) as listed (dimension)
),

measured as (
    select
        posts.*,
        count(*) over of_profile as all_post_count,
        (median(views) over of_profile)::decimal(24, 1) as all_median_views
    from posts
    window of_profile as (partition by platform, profile, account)
),

valued as (
    select
        measured.*,
        dimensions.dimension,
        case dimensions.dimension
            when 'all' then 'all'
            when 'weekday' then dayname(measured.published_at)
            when 'hour'
                then printf(
                    '%02d-%02d',
                    hour(measured.published_at) // 4 * 4,
                    hour(measured.published_at) // 4 * 4 + 3
                )
            when 'format' then measured.content_type
            when 'length'
                then case
                    when measured.length_seconds < 15 then 'under 15 s'
                    when measured.length_seconds < 30 then '15 to 29 s'
                    when measured.length_seconds < 60 then '30 to 59 s'
                    when measured.length_seconds < 180 then '60 to 179 s'
                    when measured.length_seconds >= 180 then '180 s and more'
                end
        end as value
    from measured
    cross join dimensions
    where (dimensions.dimension = 'all') = (measured.all_post_count < 20)
),

ranked as (
    select
        valued.*,
        row_number() over (of_value order by views) as rank,
        count(*) over of_value as post_count
    from valued
    where value is not null
    window of_value as (partition by platform, profile, account, dimension, value)
),

buckets as (
    select
        platform,
        profile,
        account,
        dimension,
        value,
        post_count,
        all_post_count,
        all_median_views,
        min(artist) as artist,
        median(views)::decimal(24, 1) as median_views,
        max(views) filter (
            where dimension != 'all'
                and post_count >= 9
                and rank = round(post_count / 2 - 1.288 * sqrt(post_count))
        ) as low_views,
        max(views) filter (
            where dimension != 'all'
                and post_count >= 9
                and rank = round(1 + post_count / 2 + 1.288 * sqrt(post_count))
        ) as high_views
    from ranked
    group by
        platform,
        profile,
        account,
        dimension,
        value,
        post_count,
        all_post_count,
        all_median_views
),

judged as (
    select
        buckets.*,
        case
            when all_post_count < 20
                then 'the data cannot tell: ' || all_post_count || ' of 20 posts'
            when post_count < 9 then 'the data cannot tell: ' || post_count || ' of 9 posts'
            when low_views > all_median_views then 'more views than the rest'
            when high_views < all_median_views then 'fewer views than the rest'
            else 'the data cannot tell: the interval holds the median of all'
        end as verdict
    from buckets
)

select
    judged.platform,
    judged.profile,
    judged.account,
    judged.artist,
    judged.dimension,
    judged.value,
    judged.post_count,
    judged.median_views,
    judged.low_views,
    judged.high_views,
    judged.all_post_count,
    judged.all_median_views,
    judged.verdict,
    judged.verdict = 'more views than the rest'
    and judged.median_views = max(judged.median_views) over (
        partition by judged.platform, judged.profile, judged.account, judged.dimension
    ) as is_best
from judged
