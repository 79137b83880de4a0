package extract

// edited are the steps of a file that people keep.
func edited(name string, more ...string) []string {
	return append(more, "edit LAKE/catalog/"+name+".csv: UTF-8, comma, the header as init wrote it", "bedrot run")
}

// names is the label's own knowledge: the files in LAKE/catalog, which people edit.
func names() Source {
	return Source{
		Name:  "catalog",
		Title: "Catalog of names",
		Doc:   "What people know and no platform says: who is who, which recordings are ours, who owns what share. The CSV files in LAKE/catalog land like any drop when they change.",
		Streams: []Stream{
			{
				Name: "artists", Doc: "how each source writes an artist's name", Cadence: "when edited", Manual: true,
				Steps: edited("artists", `bedrot query "from curated.unresolved_names" lists the names to add, with the money that hangs on them`),
				Traps: []string{"an empty source means every source", "the whole file is the new list: a line that is taken out is forgotten"},
			},
			{
				Name: "tracks", Doc: "ISRC, title, artist and release date of the label's recordings", Cadence: "when edited", Manual: true,
				Steps: edited("tracks"),
				Traps: []string{"one ISRC may come under titles that differ only in case: the title here is the one shown"},
			},
			{
				Name: "splits", Doc: "owner's share of the money by ISRC or artist, from a month on", Cadence: "when edited", Manual: true,
				Steps: edited("splits"),
				Traps: []string{"a share holds from its month until the next line of the same ISRC or artist", "distributors that split themselves report money already net of it"},
			},
			{
				Name: "trust", Doc: "whom to believe where several report the same streams", Cadence: "when edited", Manual: true,
				Steps: edited("trust"),
				Traps: []string{"the higher number is believed; without a line the order of the scripts holds"},
			},
			{
				Name: "fx", Doc: "what a unit of a currency was worth in US dollars, by day", Cadence: "monthly", Manual: true,
				Steps: edited("fx"),
				Traps: []string{"a rate holds until the next line of its currency, at most 62 days; an amount without a rate is unknown in dollars, never taken one to one"},
			},
			{
				Name: "goals", Doc: "what is to be reached: a metric, an artist or the whole label, a target and the month it is due", Cadence: "when edited", Manual: true,
				Steps: edited("goals"),
				Traps: []string{"streams and revenue_usd are of a month; followers and monthly listeners are levels", "an empty artist means the whole label"},
			},
			{
				Name: "payees", Doc: "payees' shares of gross by ISRC or artist, from a month on, and the least amount that is paid out", Cadence: "when edited", Manual: true,
				Steps: edited("payees"),
				Traps: []string{"the lines of an ISRC are all of its payees: those of the artist do not hold for it", "with the owner's share of splits.csv a recording's shares are 1 at most; what is less is listed without a payee"},
			},
			{
				Name: "payments", Doc: "what was paid to payees, and when", Cadence: "when paid", Manual: true,
				Steps: edited("payments"),
				Traps: []string{"equal lines are separate payments", "a payment without a rate leaves the payee's balance unknown from then on"},
			},
			{
				Name: "costs", Doc: "what recordings and artists cost, but for ads that platforms report", Cadence: "when spent", Manual: true,
				Steps: edited("costs"),
				Traps: []string{"a cost with a payee is recouped from that payee's money; without one the label bears it"},
			},
			{
				Name: "statement_totals", Doc: "the totals that distributors' pages say, to hold statements against", Cadence: "monthly", Manual: true,
				Steps: edited("statement_totals", "read the month's total off the distributor's page, in the currency of the statement"),
				Traps: []string{"a total is of one reporting month, account and currency; an empty account means main"},
			},
			{
				Name: "campaigns", Doc: "artist, track and targeting of ad campaigns whose name does not tell them", Cadence: "when edited", Manual: true,
				Steps: edited("campaigns", `bedrot query "from curated.campaigns where not is_resolved" lists the campaigns to add, with their spend`),
				Traps: []string{"campaign is the id or the name as the platform writes it; the id is believed first", "an empty cell leaves what the name says"},
			},
		},
	}
}
