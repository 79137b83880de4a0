package extract

// statement is any other distributor or society: a mapping file says what its statement calls things.
func statement() Source {
	const mapped = "a mapping file says what its columns mean: LAKE/catalog/mappings/NAME.toml makes the stream statement/NAME"
	return Source{
		Name:  "statement",
		Title: "Statements of others",
		Doc:   "Royalty statements of distributors and societies that have no source of their own. A file in LAKE/catalog/mappings says what a statement's columns mean, how its dates and numbers are written, its currency and its stores; it needs no SQL.",
		Streams: []Stream{
			{
				Name: "cdbaby", Doc: "CD Baby's sales details, tab-separated in a .txt", Cadence: "weekly", Lag: "1 to 3 months", Manual: true,
				Steps:  statementSteps("CD Baby", "Accounting, and there the sales details of every period"),
				Limits: []string{"no id of a transaction: equal lines are separate payments"},
				Traps:  []string{"lines end in CRLF, and the barcode alone is quoted", "no currency is named: US dollars", mapped},
			},
			{
				Name: "tunecore", Doc: "TuneCore's sales report", Cadence: "monthly", Lag: "2 months", Manual: true,
				Steps:  statementSteps("TuneCore", "Money & Analytics, and there the sales report of a period"),
				Limits: []string{"a period is a month"},
				Traps:  []string{"two currencies in each line: Total Earned in Currency is what is paid", "units carry thousands commas", mapped},
			},
			{
				Name: "symphonic", Doc: "Symphonic's royalty report", Cadence: "monthly", Lag: "2 to 3 months", Manual: true,
				Steps:  statementSteps("Symphonic", "Royalties, and there the report of a period"),
				Limits: []string{"one report spans several months of activity"},
				Traps:  []string{"months are written JUN-25 or June 2025, countries in three letters", "Void lines take money back with a count of 0", mapped},
			},
			{
				Name: "soundcloud", Doc: "SoundCloud for Artists' statement, lifetime_statement_….csv", Cadence: "monthly", Lag: "2 to 3 months", Manual: true,
				Steps:  statementSteps("SoundCloud for Artists", "Earnings, and there the report of the whole time"),
				Limits: []string{"every download is the whole history", "no id of a transaction: equal lines are separate payments"},
				Traps:  []string{"two lines stand above the header, and the service's name stands nowhere: the columns alone tell what it is", "Revenue is taken as it stands: whether Revenue Share and Split Pay Share are off it already, the statement does not say", mapped},
			},
		},
		Demo: demoStatement,
	}
}

func statementSteps(service, page string) []string {
	return []string{
		"log in at " + service + " and open " + page,
		"download it and keep the file as it is",
		"put it into LAKE/inbox/ACCOUNT/",
		"bedrot run",
	}
}
