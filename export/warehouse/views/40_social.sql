-- One row per day, platform and profile: the following beside what people did.
-- column date: Day the numbers are about.
-- column month: Month (YYYY-MM) of the day.
-- column platform: Platform of the profile.
-- column profile: Handle or channel; NULL where an account of several is told.
-- column account: Account, where the name alone does not tell profiles apart.
-- column artist: Artist the profile is of; NULL while the catalog does not know.
-- column followers: Followers at the end of the day: a level, never added up over days.
-- column new_followers: Followers gained on the day, as reported.
-- column lost_followers: Followers lost on the day, as reported.
-- column views: Views of the day.
-- column reach: People reached on the day; they do not add up over days.
-- column profile_views: Views of the profile itself.
-- column likes: Likes given less likes taken back.
-- column comments: Comments written less comments deleted.
-- column shares: Shares.
-- column saves: Saves.
-- column link_clicks: Clicks on the profile's link.
-- column engagements: Likes, comments, shares and saves, those of them that are told.
-- column engagement_rate: engagements by views, a fraction of 1; of longer times divide the sums.
-- column is_audience_partial: No reporter had finished the day's following.
-- column is_engagement_partial: The day of what people did is not finished.
select
    coalesce(audience_daily.date, engagement_daily.date) as date,
    coalesce(audience_daily.month, engagement_daily.month) as month,
    coalesce(audience_daily.platform, engagement_daily.platform) as platform,
    coalesce(audience_daily.profile, engagement_daily.profile) as profile,
    coalesce(audience_daily.account, engagement_daily.account) as account,
    coalesce(audience_daily.artist, engagement_daily.artist) as artist,
    audience_daily.followers,
    audience_daily.new_followers,
    audience_daily.lost_followers,
    engagement_daily.views,
    engagement_daily.reach,
    engagement_daily.profile_views,
    engagement_daily.likes,
    engagement_daily.comments,
    engagement_daily.shares,
    engagement_daily.saves,
    engagement_daily.link_clicks,
    engagement_daily.engagements,
    engagement_daily.engagement_rate,
    audience_daily.is_partial as is_audience_partial,
    engagement_daily.is_partial as is_engagement_partial
from curated.audience_daily
full join curated.engagement_daily
    on audience_daily.date = engagement_daily.date
    and audience_daily.platform = engagement_daily.platform
    and coalesce(audience_daily.profile, '') = coalesce(engagement_daily.profile, '')
    and coalesce(audience_daily.account, '') = coalesce(engagement_daily.account, '')
