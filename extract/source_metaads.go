package extract

import "time"

// metaads is Meta's ads, on Facebook and Instagram.
func metaads() Source {
	byAPI := &Fetch{Doors: []Door{ByAPI}}
	deleted := []string{"deleted ones are listed only where Meta still gives them"}
	return Source{
		Name:  "metaads",
		Title: "Meta Ads",
		Doc:   "What ads on Facebook and Instagram cost and brought, by campaign, ad set and ad: Graph API answers, or exports of the Ads Manager. Spend is in the account's currency, days are of its time zone.",
		Settings: []Setting{
			{Name: "META_ACCESS_TOKEN", Required: true, Secret: true, Doc: "a token with ads_read; best that of a system user, which need not end (Business settings, Users, System users, Generate token)"},
			{Name: "META_AD_ACCOUNT_ID", Required: true, Doc: "the ad account's digits, with act_ before them or without, as in the address of the Ads Manager"},
			{Name: "META_APP_SECRET", Secret: true, Doc: "the secret of the app that the token is of (App settings, Basic); proves every call, which some apps require"},
			{Name: "META_APP_ID", Doc: "the app's id; with META_APP_SECRET it lets bedrot see when the token ends, and warn a week before"},
			{Name: "META_API_URL", Default: "https://graph.facebook.com", Doc: "where the Graph API is"},
		},
		API:     API{Version: metaVersion, Ends: metaEnds(), Policy: metaPolicy(), Private: []string{"business_name", "end_advertiser_name", "owner", "user_id", "profile_id", "object_story_spec"}},
		Extract: extractMetaads,
		Probe:   probeMetaads,
		Streams: []Stream{
			{Name: "account", Doc: "the ad account's currency and time zone", Cadence: "daily", Lag: "none", Fetch: byAPI, Traps: []string{"amounts are in minor units of the currency"}},
			{
				Name: "insights", Doc: "pages of the insights of campaigns, ad sets and ads by day, and of campaigns by age and gender, country and platform; by hand also over a window", Cadence: "daily", Lag: "none; restated for 28 days",
				// A day more than Meta restates, since the account's days end up to 12 hours after ours; 37 months
				// are 1,123 days or more.
				Fetch: &Fetch{Doors: []Door{ByAPI, ByInbox}, LookBack: 29, History: 1120, Chunk: 31},
				Steps: []string{
					"where bedrot extract cannot: call act_ID/insights in the Graph API Explorer with level (ad, or campaign), time_increment=1, time_range of the last 28 days, and fields account_id, account_currency, campaign_id, campaign_name, adset_id, adset_name, ad_id, ad_name, spend, impressions, reach, clicks, inline_link_clicks, actions",
					"save the answer, and those of paging.next to the last one, which has none",
					"take the token out of paging.next",
					"bedrot import --account ACCOUNT with all pages at once: they are one answer",
					"bedrot run",
				},
				Limits: []string{
					"37 months back", "an ad without delivery has no line",
					"deleted campaigns, ad sets and ads have no line in the account's answer: bedrot asks for them by a filter on effective_status, by hand they are missing",
					"what deleted campaigns spent is in no breakdown",
				},
				Traps: []string{
					"account, campaigns, ad sets and ads are four views of the same money: only the finest of a day is fed",
					"actions contain each other: never add their types",
					"reach adds up over nothing",
					"a window or lifetime is kept as a picture of the day it was taken",
					"a page captured alone stands beside the others; a newer answer replaces the days of the one before it, and lines that it lacks are told as lines_gone",
					"a day is partial until it is over everywhere",
					"days, and which of them is yesterday, are the ad account's",
				},
			},
			{Name: "campaigns", Doc: "campaigns with objective, status and budget", Cadence: "daily", Lag: "none", Fetch: byAPI, Limits: deleted, Traps: []string{"budgets are in minor units of the currency", "names repeat and change: the id is the key"}},
			{Name: "adsets", Doc: "ad sets with goal, status and budget", Cadence: "daily", Lag: "none", Fetch: byAPI, Limits: deleted, Traps: []string{"budgets are in minor units of the currency"}},
			{Name: "ads", Doc: "ads with status and creative", Cadence: "daily", Lag: "none", Fetch: byAPI, Limits: deleted, Traps: []string{"names repeat: the id is the key"}},
			{Name: "creatives", Doc: "texts and links of creatives", Cadence: "weekly", Lag: "none", Fetch: &Fetch{Doors: []Door{ByAPI}, Every: 6*24*time.Hour + 20*time.Hour}, Traps: []string{"addresses of pictures expire"}},
			{
				Name: "manager", Doc: "an export of the Ads Manager, CSV or XLSX", Cadence: "when needed", Lag: "none", Manual: true,
				Steps: []string{
					"log in at adsmanager.facebook.com and choose the account and the time range",
					"choose the level (campaigns, ad sets or ads) and columns with Amount spent; add the breakdown Day for days",
					"Export, Export table data, CSV",
					"put it into LAKE/inbox/ACCOUNT/",
					"bedrot run",
				},
				Limits: []string{
					"no campaign column at the level of ads unless it is chosen", "not fed into feeds.ad_performance: compare it in staging.metaads__manager",
					"headers in English, French, Portuguese and Spanish, in any currency", "an export without the amount spent is refused",
				},
				Traps: []string{
					"language and currency stand in the header", "the first line is the total", "lines All repeat their parts",
					"without the breakdown Day a line is the whole window", "ids that went through a spreadsheet are lost",
					"levels, windows, days and breakdowns of one day are kept side by side: choose one, never add them up",
				},
			},
		},
		Demo: demoMetaads,
	}
}
