package extract

// distrokid is the distributor: statements to the cent, and estimates of daily streams.
func distrokid() Source {
	return Source{
		Name:  "distrokid",
		Title: "DistroKid",
		Doc:   "Distributor. The bank export repeats the whole history of money in every download; the stats pages show daily streams of the last 365 days for the account, without artists.",
		Streams: []Stream{
			{Name: "bank", Doc: "bank details (\"see excruciating detail\"): TSV until mid-2025, results.csv since", Cadence: "weekly", Lag: "sale month plus 1 to 3 months", Manual: true},
			{Name: "streams", Doc: "saved page stats/?data=streams: Spotify estimates by day", Cadence: "daily", Lag: "2 days, may stall for 9", Manual: true},
			{Name: "applemusic", Doc: "saved page stats/?data=applemusic: Apple Music by day, country, device, song", Cadence: "daily", Lag: "1 day, the last one partial", Manual: true},
		},
		Demo: demoDistrokid,
	}
}
