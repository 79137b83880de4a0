package extract

// instagram is profiles and posts on Instagram: what its Graph API answers, and what Meta Business Suite
// exports.
func instagram() Source {
	return Source{
		Name:  "instagram",
		Title: "Instagram",
		Doc:   "Followers, posts and what they gathered, days of a profile and who its audience is: out of answers of the Graph API, and out of downloads of Meta Business Suite, which reach further back. Where both tell a number, the API's counts.",
		Streams: []Stream{
			{
				Name: "profile", Doc: "answers about the profile: followers, posts", Cadence: "daily", Lag: "none",
				Steps:  graph("GET /IG_USER?fields=id,username,name,followers_count,follows_count,media_count", "profile"),
				Limits: []string{"no followers of days gone by: a night that nobody looked is lost"},
				Traps:  []string{"the handle may change, the id does not", "the answer of another profile is held, not mixed in"},
			},
			{
				Name: "media", Doc: "lists of posts: caption, address, likes, comments", Cadence: "daily", Lag: "none",
				Steps:  graph("GET /IG_USER/media?fields=id,caption,media_type,media_product_type,permalink,shortcode,timestamp,like_count,comments_count&limit=100, page by page by paging.cursors.after; GET /IG_USER/stories likewise", "media"),
				Limits: []string{"the newest 10,000 posts", "stories are listed for 24 hours only"},
				Traps: []string{
					"like_count is absent where the owner hides it: unknown, not zero", "paging.next holds the token: never save it",
					"media_url and thumbnail_url expire and differ from answer to answer: they are not read", "media_product_type may be absent",
				},
			},
			{
				Name: "media_insights", Doc: "what each post has gathered: views, reach, saves, shares and more", Cadence: "daily", Lag: "up to 2 days",
				Steps:  graph("GET /IG_MEDIA/insights?metric=views,reach,likes,comments,shares,saved,total_interactions for each post younger than 90 days; reels also ig_reels_video_view_total_time", "media_insights_IGMEDIA"),
				Limits: []string{"two years", "children of albums and posts from before the profile was a business have none"},
				Traps: []string{
					"one metric that a post does not know spoils the whole answer: ask metric by metric then, each answer is a file",
					`{"data": []} is no data, not zero, and so is error 10 "Not enough viewers" of a story: save neither, nobody can tell what they are of`,
					"impressions and plays are gone since April 2025", "the id alone says which post it is",
				},
			},
			{
				Name: "account_insights", Doc: "days of the profile: views, reach, likes, comments, shares, saves", Cadence: "daily, the last 7 days again", Lag: "up to 2 days",
				Steps: []string{
					"GET /IG_USER/insights?metric=reach&period=day&metric_type=time_series&since=…&until=…, saved as insights_reach_ASOF.json",
					"of every other metric one day at a time: …&metric=views&period=day&metric_type=total_value&since=00:00&until=next 00:00, saved as insights_views_YYYYMMDD_ASOF.json, YYYYMMDD being that day and ASOF the time of asking, YYYYMMDD_HHMMSS in UTC",
					"a breakdown is a call of its own, for one metric: insights_views_media_product_type_YYYYMMDD_ASOF.json",
					"put them into LAKE/inbox/ACCOUNT/", "bedrot run",
				},
				Limits: []string{"only reach has a series", "without since and until, the last 24 hours"},
				Traps: []string{
					"end_time is the end of a day: the day is the one before it", "the day of a total stands in the file's name only: without it the file is refused",
					"a breakdown repeats its total: the parts are never added to it", "paging.next goes on for ever, through time", `{"data": []} is no data, not zero`,
					"the last days are still growing",
				},
			},
			{
				Name: "demographics", Doc: "who follows, and who engaged: by age, gender, country, city", Cadence: "weekly", Lag: "2 days",
				Steps:  graph("GET /IG_USER/insights?metric=follower_demographics&period=lifetime&metric_type=total_value&timeframe=this_month&breakdown=country, and by age, gender and city, and of engaged_audience_demographics", "follower_demographics_country (or engaged_audience_demographics_city, …)"),
				Limits: []string{"nothing below 100 followers", "the top 45 values", "this_week and this_month are all the time there is"},
				Traps:  []string{"a picture of the day it was taken: two of them are never added", "the values do not add up to the followers"},
			},
			{
				Name: "suite_daily", Doc: "Views.csv, Reach.csv, Follows.csv, Interactions.csv, Link clicks.csv, Visits.csv: one metric by day", Cadence: "weekly", Lag: "up to 2 days", Manual: true,
				Steps:  suite("Results", "choose Instagram, one profile and the period, and press Export at each chart, as CSV", "one folder for each profile: no file says whose it is"),
				Limits: []string{"no profile and no platform in the file"},
				Traps: []string{
					"UTF-16, and sep=, on the first line", "the line above the header, not the file's name, says which metric it is: do not take it out",
					"days begin at T01:00:00 while the clocks are forward", "a file saved again by a spreadsheet has semicolons", "files of a Facebook page are held",
				},
			},
			{
				Name: "suite_content", Doc: "Mon-DD-YYYY_Mon-DD-YYYY_ID.csv: what each post has gathered since it was published", Cadence: "weekly", Lag: "up to 2 days", Manual: true,
				Steps:  suite("Content", "choose Instagram, Posts and the period, press Export data, and choose Lifetime as the level of detail", "do not open it in a spreadsheet: that rounds the ids"),
				Limits: []string{"no time of capture: import it on the day, or with --as-of"},
				Traps: []string{
					"posts made with others stand under the other's name: two accounts of the label may both list one", "Publish time is month first, and of a zone nobody names: no instant is made of it",
					"captions hold line breaks and quotes", "Follows is often empty: unknown", "exports overlap: each post is taken from the newest",
					"a copy that a spreadsheet quoted once more is refused",
				},
			},
			{
				Name: "suite_audience", Doc: "Audience.csv: shares of the followers by age and gender, city and country", Cadence: "monthly", Lag: "2 days", Manual: true,
				Steps:  suite("Audience", "choose Instagram and Current audience, and press Export, as CSV", "one folder for each profile: no file says whose it is"),
				Limits: []string{"percentages of what nobody says how much it is", "no day in it: it is of the day of capture"},
				Traps:  []string{"several tables one below the other, each with a title and a header", "a table that lies on its side is rejected"},
			},
		},
		Demo: demoInstagram,
	}
}

// graph are the steps of saving answers of the Graph API.
func graph(call, name string) []string {
	return []string{
		"call the Graph API with a token that has instagram_basic and instagram_manage_insights: " + call,
		"save each answer as " + name + "_YYYYMMDD_HHMMSS.json, the time being that of asking (UTC)",
		"put them into LAKE/inbox/ACCOUNT/, one folder for each profile",
		"bedrot run",
	}
}

// suite are the steps of a download from Meta Business Suite.
func suite(page, choose, mind string) []string {
	return []string{
		"log in at business.facebook.com/latest/insights", "open " + page, choose,
		"put it into LAKE/inbox/ACCOUNT/, " + mind,
		"bedrot run",
	}
}
