package extract

// tiktok is TikTok: profiles, videos and viewers by day, and what ads there cost.
func tiktok() Source {
	return Source{
		Name:    "tiktok",
		Title:   "TikTok",
		Doc:     "What people did on a profile, who follows it, and what its videos gathered, out of TikTok Studio's downloads; ads out of the Business API's reports. Dates come without a year and in the language of the interface.",
		Site:    tiktokSite(),
		Extract: extractTiktok,
		Settings: []Setting{
			{Name: "TIKTOK_HANDLE", Doc: "the account's handle, where it differs from the account's name by more than what stands between its letters"},
			{Name: "TIKTOK_URL", Default: "https://www.tiktok.com", Doc: "where the site is"},
		},
		Streams: []Stream{
			studio("overview", "Overview_FIRSTDAY_EPOCH_HANDLE.zip: views, profile views, likes, comments and shares by day", "Overview",
				"the last day is still growing: a later download completes it",
				"the name holds the window's first day, and as an epoch its last: neither is the day of the export"),
			studio("viewers", "Viewers_HANDLE.zip: people who watched, new and returning, by day", "Viewers",
				"where the total is undefined the parts are zeros that mean nothing", "may be a workbook in place of a CSV"),
			studio("follower_history", "Followers_HANDLE.zip, FollowerHistory: followers by day", "Followers",
				"the file's own difference points forward in some exports and back in others: it is not read"),
			studio("follower_activity", "Followers_HANDLE.zip, FollowerActivity: active followers by hour of seven days", "Followers"),
			studio("follower_gender", "Followers_HANDLE.zip, FollowerGender: shares of followers", "Followers", "no day stands in it: it is of the day of capture"),
			studio("follower_territories", "Followers_HANDLE.zip, FollowerTopTerritories: shares of followers", "Followers", "no day stands in it: it is of the day of capture"),
			studio("content", "Content_HANDLE.zip: what each video has gathered", "Content",
				"the list is cut off: four downloads of one day held different videos, so each adds to the others", "the handle is in each video's link",
				"Post time has no year: the upload's time is in the video's id"),
			{
				Name: "suite_overview", Doc: "Business Suite's overview by day, an older form with years", Cadence: "when found", Lag: "1 to 2 days", Manual: true,
				Steps:  []string{"old downloads only: put them into LAKE/inbox/ACCOUNT/", "bedrot run"},
				Limits: []string{"no handle anywhere: the account says whose it is"},
				Traps:  []string{"NAN and -- are no value", "a header ends in a space", "headers may be translated"},
			},
			{
				Name: "videos", Doc: "answers of the Display API's video list", Cadence: "daily", Lag: "none",
				Limits: []string{"four counters of each video, without history"},
				Traps:  []string{"totals since publication: the difference of two days is what happened between them"},
			},
			{
				Name: "ads_report", Doc: "pages of the Business API's integrated report by day", Cadence: "daily", Lag: "hours; restated for 28 days",
				Limits: []string{"at most 30 days in a call", "no currency unless it is asked for among the metrics"},
				Traps:  []string{"errors answer 200 as well, with a code", "numbers are text or numbers, - is no value", "days are of the advertiser's time zone"},
			},
		},
		Demo: demoTiktok,
	}
}

// studio is a download of TikTok Studio.
func studio(name, doc, page string, traps ...string) Stream {
	return Stream{
		Name: name, Doc: doc, Cadence: "weekly", Lag: "1 to 2 days", Fetch: byBrowser(0), Manual: true,
		Steps: []string{
			"log in at tiktok.com/tiktokstudio/analytics",
			"open " + page + " and choose the longest period offered (365 days)",
			"press Download data, choose CSV, and keep the file's name: it alone says handle and first day",
			"put it into LAKE/inbox/ACCOUNT/, one folder for each handle",
			"bedrot run",
		},
		Limits: []string{"365 days at most", "one handle at a time"},
		Traps: append(traps,
			"days without a year, in the language of the interface, even under English headers",
			"without an epoch in the name, the time inside the zip says when it was exported: keep the zip as it came",
			"undefined is no value, and takes the place of none",
			"an account without anything gives files with a header alone"),
	}
}
