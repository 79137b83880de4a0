package extract

import "time"

// youtube is YouTube: channels, videos and viewers, by three APIs and by Studio's exports.
func youtube() Source {
	shared := newYoutubeShared()
	return Source{
		Name:     "youtube",
		Title:    "YouTube",
		Doc:      "What people watched and did on a channel, by day, and what its videos gathered: the Analytics API's reports, the Reporting API's bulk files, the Data API's snapshots, and Studio's exports. A day that several tell is counted once: Analytics first, then bulk, then Studio. Days are Pacific. Each channel is an account of its own, with a login of its own: bedrot session login youtube --account ACCOUNT.",
		Settings: youtubeSettings(),
		API:      API{Version: "Analytics v2, Reporting v1, Data v3", Policy: youtubePolicy(), Private: []string{"description", "localized", "customUrl", "tags"}},
		Extract:  youtubeExtract(shared),
		Probe:    youtubeProbe(shared),
		Login:    youtubeLogin(shared),
		Streams:  youtubeStreams(),
		Demo:     demoYoutube,
	}
}

// youtubeSettings are one OAuth client for all channels, and what belongs to one of them.
func youtubeSettings() []Setting {
	return []Setting{
		{Name: "YOUTUBE_CLIENT_ID", Required: true, Doc: "OAuth client of kind desktop app, of the Google Cloud console (APIs & Services, Credentials); its project needs the YouTube Data, Analytics and Reporting APIs, and a consent screen that is published: in Testing, logins last seven days"},
		{Name: "YOUTUBE_CLIENT_SECRET", Required: true, Secret: true, Doc: "the client's secret"},
		{Name: "YOUTUBE_REFRESH_TOKEN", Secret: true, Doc: "a login made elsewhere; without it, the one that bedrot session login youtube keeps"},
		{Name: "YOUTUBE_CHANNEL_ID", Doc: "the channel that the login must be of (UC…); without it, whichever the login is of"},
		{Name: "YOUTUBE_CURRENCY", Doc: "the currency to ask for what the channel earns in, such as USD; without it, money is not asked for. The channel must be in the Partner Program, and the login be made after this was set"},
		{Name: "YOUTUBE_QUOTA", Default: "9000", Doc: "units of the Data API that a day's runs may use; a project has 10,000, and everything that uses it shares them"},
		{Name: "YOUTUBE_ANALYTICS_URL", Default: "https://youtubeanalytics.googleapis.com", Doc: "where the Analytics API is"},
		{Name: "YOUTUBE_REPORTING_URL", Default: "https://youtubereporting.googleapis.com", Doc: "where the Reporting API is"},
		{Name: "YOUTUBE_DATA_URL", Default: "https://www.googleapis.com", Doc: "where the Data API is"},
		{Name: "YOUTUBE_OAUTH_URL", Default: "https://oauth2.googleapis.com", Doc: "where tokens are given"},
		{Name: "YOUTUBE_AUTH_URL", Default: "https://accounts.google.com", Doc: "where people log in"},
	}
}

func youtubeStreams() []Stream {
	return append(youtubeStudio(), youtubeByAPI()...)
}

// youtubeStudio are the exports that only people make.
func youtubeStudio() []Stream {
	return []Stream{
		studioExport("studio_table", "Table data.csv of a Studio export: videos, days, places, ages, sources or devices, with a total on top", []string{
			"the first line is the total, the last one may say that only 500 are shown: both are kept apart and compared, never added",
			"neither period nor channel stands in it: only a zip whose name says lifetime counts as totals since publication",
			"an empty cell is no data, not zero", "ids that begin with - come with a space before them",
			"columns are chosen by who exports, and renamed over time (Impressions, Thumbnail impressions)",
			"revenue has its currency in the header",
		}, "of videos, ages and places only sums of the period: periods overlap and never add up", "500 lines at most"),
		studioExport("studio_chart", "Chart data.csv of a Studio export: one metric by day, for each video drawn", []string{
			"the few videos that were drawn are not all: they do not add up to the channel", "an empty cell is no data, not zero",
		}, "one metric in each file"),
		studioExport("studio_totals", "Totals.csv of a Studio export: one metric by day, of all that was asked for", []string{
			"an export that was narrowed down to some videos looks the same: leave the filter empty",
		}, "one metric in each file"),
	}
}

// youtubeByAPI are what the three interfaces give.
func youtubeByAPI() []Stream {
	return []Stream{
		youtubeAnalytics(),
		{
			Name: "channel_basic", Doc: "bulk report channel_basic_a3 of the Reporting API (CSV): a day by video, country and kind of viewer", Cadence: "daily", Lag: "2 days; corrected later", Manual: true,
			// The time of a file is not when it was asked for, so an answer is never fresh.
			Fetch: &Fetch{Doors: []Door{ByAPI, ByInbox}, History: 60, Every: time.Minute},
			Steps: []string{
				"bedrot extract --only youtube/channel_basic does all of this, and creates the job when it is asked first; by hand:",
				`create the job once: POST youtubereporting.googleapis.com/v1/jobs {"reportTypeId":"channel_basic_a3","name":"lake"}; create it on day one, history is 30 days`,
				"list its files: GET v1/jobs/JOB/reports?createdAfter=…, newest createTime first seen before",
				"download each downloadUrl, and save it as channel_basic_a3_ID_YYYYMMDD_HHMMSS.csv, the time being the report's createTime (UTC): it decides which of two files of a day is the newer",
				"put it into LAKE/inbox/ACCOUNT/, one folder for each channel",
				"bedrot run",
			},
			Limits: []string{"files are kept for 60 days, those of history for 30"},
			Traps: []string{
				"a day without any activity is a header alone",
				"a corrected file has the same day, another id and a newer createTime: it replaces the whole day",
				"lines without a video are legal: deleted videos, and what happened on the channel itself",
				"dates are YYYYMMDD, of Pacific days",
			},
		},
		{
			Name: "channels", Doc: "answers of the Data API's channels (JSON): subscribers, views and videos in all", Cadence: "daily", Lag: "none", Manual: true,
			Fetch:  &Fetch{Doors: []Door{ByAPI, ByInbox}},
			Steps:  dataAPI("channels?part=snippet,contentDetails,statistics&mine=true", "channels"),
			Limits: []string{"totals only, without history: a day nobody asked on is lost"},
			Traps:  []string{"counters are text", "subscribers are rounded to three digits, and absent where the channel hides them: unknown, not zero"},
		},
		{
			Name: "videos", Doc: "answers of the Data API's videos (JSON): views, likes and comments in all", Cadence: "daily", Lag: "none", Manual: true,
			Fetch:  &Fetch{Doors: []Door{ByAPI, ByInbox}},
			Steps:  dataAPI("videos?part=snippet,statistics,contentDetails,status&id=ID,ID… (up to 50; all ids: playlistItems of contentDetails.relatedPlaylists.uploads)", "videos"),
			Limits: []string{"totals since publication: the difference of two days is what happened between them"},
			Traps: []string{
				"counters are text", "likeCount is absent where ratings are hidden, commentCount where comments are off",
				"private and deleted videos are left out without a word", "duration P0D is a live broadcast: unknown",
			},
		},
	}
}

func youtubeAnalytics() Stream {
	return Stream{
		Name: "analytics", Doc: "answers of the Analytics API: days of the channel, of its ten newest videos, of sources and formats, four weeks by country, age and video, and what it earns where YOUTUBE_CURRENCY is set", Cadence: "daily", Lag: "2 to 3 days; corrected for about ten", Manual: true,
		Fetch: &Fetch{Doors: []Door{ByAPI, ByInbox}, LookBack: 10, History: 730, Chunk: 90},
		Steps: []string{
			"bedrot extract --only youtube/analytics does all of this; by hand:",
			"get a token of the channel's owner (scope yt-analytics.readonly; a service account does not do)",
			"call youtubeanalytics.googleapis.com/v2/reports?ids=channel==MINE&startDate=…&endDate=…&dimensions=day&metrics=views,engagedViews,estimatedMinutesWatched,likes,comments,shares,subscribersGained,subscribersLost, from ten days back to yesterday",
			"for who watches: dimensions=country, and dimensions=ageGroup,gender with metrics=viewerPercentage, over the last 28 days",
			"save each answer as analytics_CHANNEL_FILTER_FIRSTDAY_LASTDAY_YYYYMMDD_HHMMSS.json: CHANNEL is MINE or the id asked for, FILTER is all, or video=ID where filters=video==ID was asked for, days are YYYYMMDD, the time is that of the call (UTC); a word may follow the time, so that names differ; an answer with money ends in _money_USD.json, whatever its currency is",
			"put it into LAKE/inbox/ACCOUNT/, one folder for each channel",
			"bedrot run",
		},
		Limits: []string{"money only for channels in the Partner Program", "200 videos at most in a report by video", "days by video of the ten newest only, since each takes a call", "what a channel earns are estimates: what is paid is told by statements", "always ask for the same metrics, and for money apart: a later answer replaces the days it has, with all of their numbers"},
		Traps: []string{
			"an answer repeats nothing of the question: channel, filter and window stand in the file's name only",
			"columns come in the order they were asked for: they are read by name",
			"days are cut off without a word at the last one that is processed; a day without activity has no row",
			"rows are left out or empty where there is no data",
			"views changed its meaning on 2025-03-31 (Shorts) and 2026-08-27 (every format): engagedViews did not",
			"since March 2026 ages hold estimated under-18s",
		},
	}
}

// studioExport is a file of the zip that YouTube Studio exports.
func studioExport(name, doc string, traps []string, limits ...string) Stream {
	return Stream{
		Name: name, Doc: doc, Cadence: "weekly", Lag: "2 to 3 days", Manual: true,
		Steps: []string{
			"log in at studio.youtube.com, choose the channel, open Analytics and there Advanced mode",
			"choose the tab (Content, Date, Geography, Cities, Viewer age, …), no filter, and the metrics, Views and Engaged views among them",
			"choose the period: Lifetime for Content, the longest for Date",
			"press the download arrow, Comma-separated values (.csv), and keep the zip as it is; of the period Lifetime put lifetime_YYYYMMDD_HHMMSS into its name, of any other YYYYMMDD_HHMMSS, the time of the download (UTC)",
			"put it into LAKE/inbox/ACCOUNT/, one folder for each channel",
			"bedrot run",
		},
		Limits: limits,
		Traps:  append(traps, "one zip is read by three streams: Table data, Chart data and Totals tell each other apart by their names, so keep those"),
	}
}

// dataAPI are the steps of an answer of the Data API.
func dataAPI(call, kind string) []string {
	return []string{
		"bedrot extract --only youtube/" + kind + " does all of this; by hand:",
		"get a token of the channel's owner (scope youtube.readonly)",
		"call www.googleapis.com/youtube/v3/" + call + ": one unit of 10,000 a day",
		"save the answer as " + kind + "_YYYYMMDD_HHMMSS.json, the time being that of the call (UTC), and its further pages as " + kind + "_2_YYYYMMDD_HHMMSS.json",
		"put it into LAKE/inbox/ACCOUNT/, one folder for each channel",
		"bedrot run",
	}
}
