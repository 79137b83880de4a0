-- One row per platform, account and profile as a report writes it, and whose it is.
-- key: platform, account, profile_key
-- check: profile_key is not null
-- export: yes
-- column platform: Platform of the profile.
-- column account: Account the reports were taken from.
-- column profile_key: Name as compared; blank for reports of the account that name no profile.
-- column profile: Handle, artist, channel or list; NULL where the account has several or none.
-- column profile_account: The account, where the name does not tell profiles apart; else NULL.
-- column artist: Artist the catalog has the name as an alias of; NULL if it has not.
--
-- A report that names no profile is about the account's only one, if there is only one. A profile
-- seen through two logins is one profile, but mailing lists of two accounts may share a name.
with audience as (
    select platform, source, account, profile
    from feeds.audience
),

engagement as (
    select platform, source, account, profile
    from feeds.engagement_daily
),

content as (
    select platform, source, account, profile
    from feeds.content
),

aliases as (
    select source, alias_key, artist
    from staging.catalog__artists
),

told as (
    select platform, source, account, profile
    from audience

    union

    select platform, source, account, profile
    from engagement
),

profiles as (
    select
        told.platform,
        told.account,
        name_key(told.profile) as profile_key,
        min(min(told.profile)) over (
            partition by told.platform, name_key(told.profile)
        ) as profile,
        min(coalesce(source_alias.artist, any_alias.artist)) as artist
    from told
    left join aliases as source_alias
        on told.source = source_alias.source
        and name_key(told.profile) = source_alias.alias_key
    left join aliases as any_alias
        on any_alias.source is null
        and name_key(told.profile) = any_alias.alias_key
    where name_key(told.profile) is not null
    group by told.platform, told.account, name_key(told.profile)
),

accounts as (
    select platform, account
    from told

    union

    select platform, account
    from content
),

only_profiles as (
    select platform, account, min(profile) as profile, min(artist) as artist
    from profiles
    group by platform, account
    having count(*) = 1
),

keyed as (
    select platform, account, profile_key, profile, artist
    from profiles

    union all

    select
        accounts.platform,
        accounts.account,
        '' as profile_key,
        only_profiles.profile,
        only_profiles.artist
    from accounts
    left join only_profiles
        on accounts.platform = only_profiles.platform
        and accounts.account = only_profiles.account
)

select
    keyed.platform,
    keyed.account,
    keyed.profile_key,
    keyed.profile,
    case when keyed.profile is null or keyed.platform = 'mailchimp' then keyed.account end
        as profile_account,
    keyed.artist
from keyed
