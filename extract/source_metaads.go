package extract

// metaads is Meta's ads, on Facebook and Instagram.
func metaads() Source {
	return Source{
		Name:  "metaads",
		Title: "Meta Ads",
		Doc:   "What ads on Facebook and Instagram cost and brought, by campaign, ad set and ad: Graph API answers, or exports of the Ads Manager. Spend is in the account's currency, days are of its time zone.",
		Streams: []Stream{
			{
				Name: "insights", Doc: "pages of the insights of a level, by day or over a window", Cadence: "daily", Lag: "none; restated for 28 days",
				Steps: []string{
					"call act_ID/insights of the Graph API with level (ad, or campaign), time_increment=1, time_range of the last 28 days, and fields account_id, account_currency, campaign_id, campaign_name, adset_id, adset_name, ad_id, ad_name, spend, impressions, reach, clicks, inline_link_clicks, actions",
					"save the answer, and those of paging.next to the last one, which has none",
					"take the token out of paging.next",
					"bedrot import --account ACCOUNT with all pages at once: they are one answer",
					"bedrot run",
				},
				Limits: []string{
					"37 months back", "an ad without delivery has no line",
					"deleted ads have no line in the account's answer unless a filter on ad.effective_status asks for them: their spend is in that of their campaign",
				},
				Traps: []string{
					"account, campaigns, ad sets and ads are four views of the same money: only the finest of a day is fed",
					"actions contain each other: never add their types",
					"reach adds up over nothing",
					"a window or lifetime is kept as a picture of the day it was taken",
					"a page captured alone stands beside the others; a newer answer replaces the days of the one before it, and lines that it lacks are told as lines_gone",
					"a day is partial until it is over everywhere",
				},
			},
			{Name: "campaigns", Doc: "campaigns with objective, status and budget", Cadence: "daily", Lag: "none", Traps: []string{"budgets are in minor units of the currency", "names repeat and change: the id is the key"}},
			{Name: "adsets", Doc: "ad sets with goal, status and budget", Cadence: "daily", Lag: "none", Traps: []string{"budgets are in minor units of the currency"}},
			{Name: "ads", Doc: "ads with status and creative", Cadence: "daily", Lag: "none", Traps: []string{"names repeat: the id is the key"}},
			{Name: "creatives", Doc: "texts and links of creatives", Cadence: "weekly", Lag: "none", Traps: []string{"addresses of pictures expire"}},
			{Name: "account", Doc: "the ad account's currency and time zone", Cadence: "daily", Lag: "none", Traps: []string{"amounts are in minor units of the currency"}},
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
