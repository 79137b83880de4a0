-- One row per profile and month in which reported gains and losses do not explain the following.
-- severity: warn
--
-- Beyond ten followers and 2 % of the level: YouTube's rounding to three digits, at both ends, is
-- less. Beyond that followers were removed, or one of the two reports is wrong.
with audience_growth as (
    select platform, profile, account, month, closing_followers, net_followers, unexplained
    from curated.audience_growth
)

select
    audience_growth.platform,
    audience_growth.profile,
    audience_growth.account,
    audience_growth.month,
    audience_growth.net_followers,
    audience_growth.unexplained
from audience_growth
where abs(audience_growth.unexplained) > 10
    and abs(audience_growth.unexplained) * 50 > audience_growth.closing_followers
order by
    audience_growth.platform,
    audience_growth.profile,
    audience_growth.account,
    audience_growth.month
