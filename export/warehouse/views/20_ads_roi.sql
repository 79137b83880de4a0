-- One row per ad campaign and platform on which its artist is streamed: cost, effect and advice.
-- column campaign_key: One text for one campaign.
-- column platform: Platform the campaign runs on.
-- column campaign_name: Its newest name.
-- column artist: Artist it is for; NULL while nothing resolves it.
-- column track: Track it is for.
-- column targeting: What the name says of whom it is shown to.
-- column first_date: First day of the campaign in the reports.
-- column last_date: Last day of the campaign in the reports.
-- column is_partial: The newest days are not finished.
-- column campaign_spend_usd: Money spent on the whole campaign, USD: one number per campaign, never added up over stream_platform.
-- column impressions: Times shown, of the whole campaign.
-- column link_clicks: Clicks that left for the link, of the whole campaign.
-- column results: Conversions as the platform counts them, of the whole campaign.
-- column ctr: Clicks by impressions, a fraction of 1.
-- column cost_per_link_click_usd: Spend by link clicks, USD.
-- column cost_per_result_usd: Spend by results, USD.
-- column stream_platform: Platform of the streams; NULL where nothing can be compared.
-- column compared_spend_usd: Spend on the days that are compared, USD.
-- column extra_streams: Streams above the expected ones on those days.
-- column extra_streams_low: Lower end of their 95 % interval.
-- column extra_streams_high: Upper end of their 95 % interval.
-- column uplift: Extra streams by expected ones, a fraction of 1.
-- column cost_per_extra_stream_usd: Spend by extra streams, USD.
-- column verdict: more streams, fewer streams, no difference seen, or the data cannot tell.
-- column reason: Why, in words.
-- column advice: What to do with the budget of the campaign.
-- column change_pct: Change of its daily budget in percent.
-- column advice_rule: The rule that decided.
select
    campaigns.campaign_key,
    campaigns.platform,
    campaigns.campaign_name,
    campaigns.artist,
    campaigns.track,
    campaigns.targeting,
    campaigns.first_date,
    campaigns.last_date,
    campaigns.is_partial,
    campaigns.spend_usd as campaign_spend_usd,
    campaigns.impressions,
    campaigns.link_clicks,
    campaigns.results,
    campaigns.ctr,
    campaigns.cost_per_link_click_usd,
    campaigns.cost_per_result_usd,
    ads_roi.stream_platform,
    ads_roi.spend_usd as compared_spend_usd,
    ads_roi.extra_streams,
    ads_roi.extra_streams_low,
    ads_roi.extra_streams_high,
    ads_roi.uplift,
    ads_roi.cost_per_extra_stream_usd,
    ads_roi.verdict,
    ads_roi.reason,
    budget_advice.advice,
    budget_advice.change_pct,
    budget_advice.rule as advice_rule
from curated.campaigns
left join curated.ads_roi
    on campaigns.campaign_key = ads_roi.campaign_key
left join curated.budget_advice
    on campaigns.campaign_key = budget_advice.campaign_key
