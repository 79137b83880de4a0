package extract

import "time"

// distrokid is the distributor: statements to the cent, and estimates of daily streams.
func distrokid() Source {
	return Source{
		Name:    "distrokid",
		Title:   "DistroKid",
		Doc:     "Distributor. The bank export repeats the whole history of money in every download; the stats pages show daily streams of the last 365 days for the account, without artists.",
		Site:    distrokidSite(),
		Extract: extractDistrokid,
		Settings: []Setting{
			{Name: "DISTROKID_EMAIL", Credential: true, Doc: "the e-mail address of the login; without it a person logs in: bedrot session login distrokid"},
			{Name: "DISTROKID_PASSWORD", Credential: true, Secret: true, Doc: "its password"},
			{Name: "DISTROKID_TOTP_SECRET", Secret: true, Doc: "the secret of the second factor, as the authenticator app was given it"},
			{Name: "DISTROKID_URL", Default: "https://distrokid.com", Doc: "where the site is"},
		},
		Streams: []Stream{
			{
				Name: "bank", Fetch: byBrowser(6 * 24 * time.Hour), Doc: "bank details (\"see excruciating detail\"): TSV until mid-2025, results.csv since", Cadence: "weekly", Lag: "sale month plus 1 to 3 months", Manual: true,
				Steps: []string{
					"log in at distrokid.com and open Bank (distrokid.com/bank/)",
					"follow \"see excruciating detail\" to distrokid.com/bank/details/",
					"with over 50,000 rows set the filter, such as a year, and do the rest once for each",
					"press Download; a large one is prepared first and comes later, perhaps as a .zip",
					"keep the file as it is, put it into LAKE/inbox/ACCOUNT/ (all files of a filtered export together)",
					"bedrot run",
				},
				Limits: []string{"over 50,000 rows only with a filter, so one history comes as several files that overlap", "no id of a transaction: equal lines are separate payments"},
				Traps: []string{
					"columns, delimiter, quotes and line ends vary each on their own; bare CR is common",
					"negative earnings with positive quantities (Spotify, from 2025-01): money counts, the quantity is no extra stream",
					"earnings are net of the team percentage already",
					"the newest two to four sale months are never complete",
					"country OU is \"outside the US\"; an album line has no ISRC, some lines no UPC",
				},
			},
			{
				Name: "streams", Fetch: byBrowser(0), Doc: "page stats/?data=streams: Spotify estimates by day", Cadence: "daily", Lag: "2 days, may stall for 9", Manual: true,
				Steps:  saved("streams"),
				Limits: []string{"the last 365 days: a day that nobody saved in a year is lost", "the whole account: no artist, no song"},
				Traps:  []string{"DistroKid's own estimates, revised upwards for weeks", "the page stalls at times: days that are missing are unknown, not zero", "the first week of the weekly chart is cut off"},
			},
			{
				Name: "applemusic", Fetch: byBrowser(0), Doc: "page stats/?data=applemusic: Apple Music by day, country, device, song", Cadence: "daily", Lag: "1 day, the last one partial", Manual: true,
				Steps:  saved("applemusic"),
				Limits: []string{"the last 365 days, and the top ten songs", "country, device and song are sums of a year, not days"},
				Traps:  []string{"differs from the bank by up to three times: never make the two equal", "the last day is still growing"},
			},
		},
		Demo: demoDistrokid,
	}
}

// byBrowser is how a page that is a picture of its moment is fetched: by the browser, else by a person.
func byBrowser(every time.Duration) *Fetch {
	return &Fetch{Doors: []Door{ByBrowser, ByInbox}, Every: every}
}

// saved are the steps of a stats page.
func saved(data string) []string {
	return []string{
		"log in at distrokid.com and open distrokid.com/stats/?type=all&data=" + data,
		"wait until the charts are drawn",
		"save the page as \"Webpage, HTML only\"; its name may be " + data + "_stats_YYYYMMDD_HHMMSS.html, the time being that of saving (UTC)",
		"put it into LAKE/inbox/ACCOUNT/",
		"bedrot run",
	}
}
