package extract

import "time"

// toolost is the second distributor: daily streams of its own catalogue, and sales reports.
func toolost() Source {
	return Source{
		Name:    "toolost",
		Title:   "TooLost",
		Doc:     "Distributor. The portal answers with daily streams of the current calendar year for the whole account; sales reports bring the money. What it distributes is another catalogue than DistroKid's, so the two add up; a recording that is paid for at both is told by a check.",
		Site:    toolostSite(),
		Extract: extractToolost,
		Settings: []Setting{
			{Name: "TOOLOST_EMAIL", Credential: true, Doc: "the e-mail address of the login; without it a person logs in: bedrot session login toolost"},
			{Name: "TOOLOST_PASSWORD", Credential: true, Secret: true, Doc: "its password"},
			{Name: "TOOLOST_TOTP_SECRET", Secret: true, Doc: "the secret of the second factor, as the authenticator app was given it"},
			{Name: "TOOLOST_URL", Default: "https://toolost.com", Doc: "where the portal is"},
		},
		Streams: []Stream{
			{
				Name: "spotify", Fetch: byBrowser(0), Doc: "the portal's answer about Spotify (JSON): streams by day, Discovery Mode by month", Cadence: "daily", Lag: "2 days", Manual: true,
				Steps: answered("spotify", "analytics/spotify?release=&date=thisYear"),
				Limits: []string{
					"the current calendar year only: what nobody saved by 31 December is lost",
					"the whole account: no artist, and no track by day",
				},
				Traps: []string{
					"in the first days of January the answer has no days yet and is refused: nothing is lost by it",
					"nothing in it says whose account it is of: keep the accounts' folders apart",
					"Discovery Mode names no currency for its fees",
				},
			},
			{
				Name: "apple", Fetch: byBrowser(0), Doc: "the portal's answer about Apple Music (JSON): streams and Shazams by day, tracks and countries of the year", Cadence: "daily", Lag: "4 days", Manual: true,
				Steps:  answered("apple", "analytics/apple/?release=&date=thisYear"),
				Limits: []string{"the current calendar year only", "tracks and countries are sums of the year so far, not days"},
				Traps: []string{
					"a day without streams is left out",
					"Shazams are called streams, and are text where streams are numbers",
					"days, tracks and countries each add up to its own total: a check compares them",
				},
			},
			{
				Name: "sales", Fetch: byBrowser(6 * 24 * time.Hour), Doc: "sales report MM-YYYY-number.csv, from the portal's notifications", Cadence: "monthly", Lag: "sale month plus 2 to 3 months", Manual: true,
				Steps: []string{
					"log in at toolost.com and open Notifications (toolost.com/user-portal/notifications)",
					"find \"Your (MM-YYYY) Sales report has been generated\" and press its attachment",
					"keep the file's name: its month tells a report made again from another one",
					"put it into LAKE/inbox/ACCOUNT/",
					"bedrot run",
				},
				Limits: []string{"the columns after rev_fee are not public: they are kept in _extra"},
				Traps: []string{
					"unit_price is the gross revenue of all units of the line, not of one",
					"a split sale stands on one line for each payee: money is revenue times share",
					"amounts are in original_currency: without a rate in catalog/fx.csv they are unknown in dollars",
				},
			},
		},
		Demo: demoToolost,
	}
}

// answered are the steps of saving an answer of the portal.
func answered(platform, call string) []string {
	return []string{
		"log in at toolost.com (a session lasts seven days) and open Analytics, Platform (toolost.com/user-portal/analytics/platform)",
		"choose \"This Year\" and the platform, with the browser's developer tools open at Network",
		"save the answer of toolost.com/api/portal/" + call + " as toolost_" + platform + "_YYYYMMDD_HHMMSS.json, the time being that of saving (UTC)",
		"put it into LAKE/inbox/ACCOUNT/",
		"bedrot run",
	}
}
