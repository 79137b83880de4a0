-- One row per month of looking, platform, artist and post: when it was published.
-- partition: month
-- key: month, platform, artist, content_id
-- incremental: required
-- column month: Month (YYYY-MM) in which the post was looked at.
-- column platform: Platform of the post.
-- column artist: Artist as in the catalog whose profile, else account, it was seen on.
-- column content_id: The platform's id of the post.
-- column published_on: Day of publication (UTC).
--
-- Small, and built month by month: posts of an artist are counted from it. A post comes back in
-- every month it is looked at: count it once. What resolves to no artist is left out.
with content as (
    select month, platform, source, coalesce(profile, account) as name, content_id, published_at
    from feeds.content
    where published_at is not null
),

artists as (
    select source, alias_key, artist
    from staging.catalog__artists
),

resolved as (
    select
        content.* exclude (source, name),
        coalesce(source_alias.artist, any_alias.artist) as artist
    from content
    left join artists as source_alias
        on content.source = source_alias.source
        and name_key(content.name) = source_alias.alias_key
    left join artists as any_alias
        on any_alias.source is null
        and name_key(content.name) = any_alias.alias_key
)

select
    resolved.month,
    resolved.platform,
    resolved.artist,
    resolved.content_id,
    min(resolved.published_at)::date as published_on
from resolved
where resolved.artist is not null
group by resolved.month, resolved.platform, resolved.artist, resolved.content_id
