-- One row per day, platform and profile: who follows, listens and watches.
-- partition: month
-- key: month, date, platform, profile, account
-- incremental: required
-- check: profile is not null or account is not null
-- check: coalesce(followers, 0) >= 0 and coalesce(lost_followers, 0) >= 0
-- export: yes
-- column date: Day the numbers are about.
-- column month: Month (YYYY-MM) of the day.
-- column platform: Platform of the profile.
-- column profile: Handle, artist, channel or list; NULL where an account of several is told.
-- column account: Account, where the name alone does not tell profiles apart; else NULL.
-- column artist: Artist the catalog has the profile's name as an alias of; NULL if it has not.
-- column followers: Followers, subscribers or members at the end of the day: a level.
-- column new_followers: Followers gained on the day, as reported.
-- column lost_followers: Followers lost on the day, as reported, counted as a positive number.
-- column listeners: People who listened on the day; they do not add up over days.
-- column monthly_listeners: People who listened in the 28 days until then: a level.
-- column viewers: People who watched on the day; they do not add up over days.
-- column is_partial: No reporter had finished the day.
--
-- A profile seen through two logins or in two reports is one row: of each number the larger one is
-- the fresher one. TikTok tells the day's net change only, as gain or as loss.
with audience as (
    select
        date,
        month,
        platform,
        account,
        coalesce(name_key(profile), '') as profile_key,
        followers,
        new_followers,
        lost_followers,
        listeners,
        monthly_listeners,
        viewers,
        is_partial
    from feeds.audience
),

profiles as (
    select platform, account, profile_key, profile, profile_account, artist
    from curated.profiles
),

named as (
    select
        audience.* exclude (account, profile_key),
        profiles.profile,
        profiles.profile_account as account,
        profiles.artist
    from audience
    inner join profiles
        on audience.platform = profiles.platform
        and audience.account = profiles.account
        and audience.profile_key = profiles.profile_key
)

select
    named.date,
    named.month,
    named.platform,
    named.profile,
    named.account,
    min(named.artist) as artist,
    max(named.followers) as followers,
    max(named.new_followers) as new_followers,
    max(named.lost_followers) as lost_followers,
    max(named.listeners) as listeners,
    max(named.monthly_listeners) as monthly_listeners,
    max(named.viewers) as viewers,
    bool_and(named.is_partial) as is_partial
from named
group by named.date, named.month, named.platform, named.profile, named.account
