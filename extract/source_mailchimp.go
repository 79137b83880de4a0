package extract

// mailchimp is the label's newsletter.
func mailchimp() Source {
	return Source{
		Name:  "mailchimp",
		Title: "Mailchimp",
		Doc:   "What became of every newsletter, and how many people are on its lists: fetched by the Marketing API, or from an export of the campaign reports. Subscribers are counted and never named: whatever holds their addresses is refused at the door.",
		Settings: []Setting{
			{Name: "MAILCHIMP_API_KEY", Required: true, Secret: true, Doc: "an API key, made in the account's settings at mailchimp.com; it ends in the data centre, such as -us21"},
			{Name: "MAILCHIMP_API_URL", Default: "https://{dc}.api.mailchimp.com", Doc: "where the API is; {dc} is the key's data centre"},
		},
		API:     mailAPI(),
		Extract: extractMailchimp,
		Probe:   probeMailchimp,
		Streams: []Stream{
			{
				Name: "reports", Doc: "campaign reports (GET /reports, or /reports/ID): opens, clicks, bounces, unsubscribes and revenue until now", Cadence: "daily", Lag: "none; opens and clicks keep coming for weeks",
				// A picture of the day it was asked on, of what was sent in the 30 days before the last one. History is how
				// long ago that may be; after more, and at first, everything is asked for.
				Fetch: &Fetch{Doors: []Door{ByAPI, ByInbox}, History: 90},
				Steps: mailCalled("/reports?count=1000&since_send_time=DAY, DAY being 30 days ago (90 for slow lists), and with offset=1000 and so on until total_items", "reports"),
				Limits: []string{
					"no history: what a campaign had gathered by a day is known if it was asked on that day",
					"no filter by change: what was sent in the 30 days before the last time is read again every night, everything at first; a campaign older than that keeps what it had",
					"a deleted campaign answers 404 and keeps what it had",
				},
				Traps: []string{
					"opens contain those that mail programs make on their own (privacy proxies): proxy_excluded_* leave them out, and where these are absent the people's opens are unknown",
					"unique_clicks count each link anew: people are unique_subscriber_clicks",
					"rates are fractions of 1 here and percent in lists: they are recomputed from counts",
					"by hand, a + in a time must be written %2B in an address, else it is a space",
					"pages cannot be sorted: what is deleted while they are read moves the others, and one may be missed until the next run, which is told; one that is in two pages counts once",
				},
			},
			{
				Name: "campaigns", Doc: "campaigns, sent and not (GET /campaigns): status, list, subject, when they were or will be sent", Cadence: "daily", Lag: "none",
				Fetch:  &Fetch{Doors: []Door{ByAPI, ByInbox}},
				Steps:  mailCalled("/campaigns?count=1000&sort_field=create_time&sort_dir=ASC, and with offset=1000 and so on until total_items", "campaigns"),
				Limits: []string{"the summary knows neither bounces nor unsubscribes: reports do"},
				Traps:  []string{"what is not sent has the send time \"\" and no report_summary: unknown, not zero", "titles repeat: the id is the key"},
			},
			{
				Name: "lists", Doc: "lists, also called audiences (GET /lists): members, unsubscribed and cleaned", Cadence: "daily", Lag: "none",
				Fetch:  &Fetch{Doors: []Door{ByAPI, ByInbox}},
				Steps:  mailCalled("/lists?count=1000", "lists"),
				Limits: []string{"a level of the day it was asked on: who came and who left is not told"},
				Traps:  []string{"rates are percent here and fractions in reports", "names repeat and change: the id is the key", "an answer with none of the account's lists is another account's, and held"},
			},
			{
				Name: "growth_history", Doc: "a list's growth by month (GET /lists/ID/growth-history)", Cadence: "daily", Lag: "none; the running month is partial",
				Fetch:  &Fetch{Doors: []Door{ByAPI, ByInbox}},
				Steps:  mailCalled("/lists/ID/growth-history?count=1000 for each list", "growth_ID"),
				Limits: []string{"months, never days"},
				Traps:  []string{"the running month changes until it is over", "a list that is deleted keeps the growth it had", "existing, imports and optins are kept up no more", "10 months unless count asks for more"},
			},
			{
				Name: "campaigns_csv", Doc: "an export of the campaign reports, one line for each campaign (CSV)", Cadence: "monthly", Lag: "none", Manual: true,
				Steps: []string{
					"log in at mailchimp.com and request an export of the account's data with nothing but reports in it, or export the list of campaign reports",
					"unpack it and take the one file with a column Unique Id: the others hold addresses of subscribers, delete them",
					"name it campaigns_YYYYMMDD_HHMMSS.csv, the time being that of the export (UTC): it stands nowhere in it",
					"put it into LAKE/inbox/ACCOUNT/",
					"bedrot run",
				},
				Limits: []string{
					"no list id, no currency, no time zone of the send date",
					"privacy proxies are not told apart: its opens are all of them",
					"the report of a single campaign (Email Campaign Report, lines of name and value) is not read",
				},
				Traps: []string{
					"n/a is no value; rates have a % sign",
					"a long and a short header go about",
					"an id may look like a number (12345e6789): a spreadsheet destroys it, and the line is rejected",
					"where the API told of a campaign on the same day, the API counts",
				},
			},
		},
		Demo: demoMailchimp,
	}
}

// mailCalled are the steps of saving answers of the Marketing API where the program has no key.
func mailCalled(path, name string) []string {
	return []string{
		"with MAILCHIMP_API_KEY set, bedrot extract does all of this; by hand, make an API key in the account's settings: DC is what follows its last dash",
		"GET https://DC.api.mailchimp.com/3.0" + path + ", with any user name and the key as password",
		"save the answer as " + name + "_YYYYMMDD_HHMMSS.json, the time being that of asking (UTC)",
		"put it into LAKE/inbox/ACCOUNT/",
		"bedrot run",
	}
}
