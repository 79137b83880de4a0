package extract

// spotify is Spotify for Artists: the platform's own numbers, artist by artist.
func spotify() Source {
	return Source{
		Name:  "spotify",
		Title: "Spotify for Artists",
		Doc:   "The platform's own count by artist. Artist, song and time window stand only in the names of the files, so keep the names when saving.",
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
				Traps:  []string{"the song stands in the file's name only, with ? / : written as _", "no artist: two songs of one title cannot be told apart"},
			},
			{
				Name: "playlists", Doc: "ARTIST-playlists-WINDOW.csv: playlists that brought streams", Cadence: "weekly", Lag: "about 2 days", Manual: true,
				Steps:  exported("Music, and there Playlists", "a window of 1day, 7day, 28day, 1year or all"),
				Limits: []string{"sums of a window, not days"},
				Traps:  []string{"n/a is unknown, not zero", "artist and window stand in the file's name only"},
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
