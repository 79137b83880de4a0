package extract

// spotify is Spotify for Artists: the platform's own numbers, artist by artist.
func spotify() Source {
	return Source{
		Name:  "spotify",
		Title: "Spotify for Artists",
		Doc:   "The platform's own count by artist, the results of its campaigns, and the Web API's catalogue. Artist, song and time window stand only in the names of the files, so keep the names when saving.",
		Streams: []Stream{
			{
				Name: "audience", Doc: "ARTIST-audience-timeline.csv: listeners, streams, followers by day", Cadence: "weekly", Lag: "about 2 days", Manual: true,
				Steps:  exported("Audience, and there the timeline", "the longest period offered"),
				Limits: []string{"there is no public API", "one artist at a time"},
				Traps:  []string{"columns come, go and change their order every few months", "the artist stands in the file's name only", "listeners of days do not add up: one person listens on many"},
			},
			{
				Name: "songs", Doc: "ARTIST-songs-WINDOW.csv: songs in a window of 1day, 7day, 28day, 1year or all", Cadence: "weekly", Lag: "about 2 days", Manual: true,
				Steps:  exported("Music, and there Songs", "a window of 1day, 7day, 28day, 1year or all"),
				Limits: []string{"sums of a window, not days", "no ISRC: two songs of one title cannot be told apart"},
				Traps:  []string{"window all shows 0 listeners and 0 saves for every song: they are unknown", "artist and window stand in the file's name only"},
			},
			{
				Name: "song_timeline", Doc: "SONG-timeline.csv: streams of one song by day", Cadence: "weekly", Lag: "about 2 days", Manual: true,
				Steps:  exported("Music, Songs, and there one song", "the longest period offered"),
				Limits: []string{"one song at a time"},
				Traps:  []string{"the song stands in the file's name only, with ? / : written as _", "no artist and no id: of two songs of one title the file captured later takes the other's place, and a check tells of it. Rename one before importing, as in SONG of ALBUM-timeline.csv"},
			},
			{
				Name: "playlists", Doc: "ARTIST-playlists-WINDOW.csv: playlists that brought streams", Cadence: "weekly", Lag: "about 2 days", Manual: true,
				Steps:  exported("Music, and there Playlists", "a window of 1day, 7day, 28day, 1year or all"),
				Limits: []string{"sums of a window, not days"},
				Traps:  []string{"n/a is unknown, not zero", "artist and window stand in the file's name only"},
			},
			{
				Name: "campaigns", Doc: "results of Marquee and Showcase campaigns: what they cost, whom they reached, who streamed", Cadence: "weekly while campaigns run", Lag: "1 day, final two weeks after the last day", Manual: true,
				Steps: []string{
					"log in at artists.spotify.com as an admin or editor and choose the artist",
					"open Campaigns, and there Marquee and Showcase",
					"press Download results for all campaigns (or open one and download that)",
					"put the CSV into LAKE/inbox/ACCOUNT/; its name says nothing and may be any",
					"bedrot run",
				},
				Limits: []string{"a campaign as a whole: neither days nor impressions", "no id: names, format, market and first day tell campaigns apart"},
				Traps: []string{
					"each campaign's line is followed by one for each segment, with Budget and Spend NA: the same people again, never to be added",
					"a campaign without any money, as Discovery Mode has none, looks like a segment: it is in no spend, and a check tells of it",
					"dates are M/D/YY and in UTC, rates like 1.47%, counts may have thousands commas",
					"Spend is without tax",
					"a campaign that is renamed is another campaign: its money would be there twice",
				},
			},
			{
				Name: "song_windows", Doc: "the answer behind the song list (JSON): songs with their Spotify ids, in a window of 1day, 7day, 28day, 1year or all", Cadence: "weekly", Lag: "about 2 days", Manual: true,
				Steps: []string{
					"log in at artists.spotify.com, choose the artist and open Music, Songs, with the browser's developer tools open at Network",
					"choose a window, and find the answer of catalog-view with time-filter= in its address",
					"save it as spotify_songs_ARTISTID_WINDOW_YYYYMMDD_HHMMSS.json, the time being that of saving (UTC)",
					"put it into LAKE/inbox/ACCOUNT/",
					"bedrot run   (a file that was renamed: bedrot import FILE --set artist_id=… --set window=…)",
				},
				Limits: []string{"sums of a window, not days: windows overlap and never add up"},
				Traps:  []string{"artist and window stand in the file's name only", "zero listeners or savers in the window all are unknown", "counts may be text with thousands commas"},
			},
			{
				Name: "artists", Doc: "Web API, GET /v1/artists/ID (JSON): name, followers, popularity", Cadence: "daily", Lag: "none", Manual: true,
				Steps:  looked("artists/ID", "artist"),
				Limits: []string{"without extended quota (since February 2026) neither followers nor popularity nor genres: they are unknown, not zero", "one call per artist"},
				Traps:  []string{"popularity is a rank from 0 to 100, days behind, and no count of streams"},
			},
			{
				Name: "albums", Doc: "Web API, GET /v1/albums/ID or /v1/artists/ID/albums (JSON): title, UPC, release date", Cadence: "weekly", Lag: "none", Manual: true,
				Steps:  looked("artists/ID/albums?market=US&limit=10, and the address in its next until that is null; or albums/ID", "albums"),
				Limits: []string{"a page of an artist's albums has no UPC and no label", "label and popularity are gone without extended quota"},
				Traps:  []string{"release_date may be a year or a month: release_date_precision says", "without market everything counts as unavailable"},
			},
			{
				Name: "tracks", Doc: "Web API, GET /v1/tracks/ID or /v1/albums/ID/tracks (JSON): title, ISRC, duration", Cadence: "weekly", Lag: "none", Manual: true,
				Steps:  looked("tracks/ID?market=US; or albums/ID/tracks?limit=50", "tracks"),
				Limits: []string{"a page of an album's tracks has no ISRC", "popularity is gone without extended quota"},
				Traps:  []string{"asked with a market, another id may answer: linked_from says which was asked for"},
			},
		},
		Demo: demoSpotify,
	}
}

// exported are the steps of a download in Spotify for Artists.
func exported(page, period string) []string {
	return []string{
		"log in at artists.spotify.com and choose the artist",
		"open " + page,
		"choose " + period,
		"press the download arrow (CSV) and keep the file's name: it alone says whose numbers these are",
		"put it into LAKE/inbox/ACCOUNT/",
		"bedrot run   (a file that was renamed: bedrot import FILE --set artist=… --set time_window=…)",
	}
}

// looked are the steps of an answer of the Web API.
func looked(call, kind string) []string {
	return []string{
		"get a token of client credentials for your app (developer.spotify.com; its owner needs Premium)",
		"call api.spotify.com/v1/" + call + ", at most once a second; on 429 wait as Retry-After says",
		"save the answer as " + kind + "_ID_YYYYMMDD_HHMMSS.json, the time being that of the call (UTC)",
		"put it into LAKE/inbox/ACCOUNT/",
		"bedrot run",
	}
}
