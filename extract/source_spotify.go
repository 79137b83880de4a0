package extract

// spotify is Spotify for Artists: the platform's own numbers, artist by artist.
func spotify() Source {
	return Source{
		Name:  "spotify",
		Title: "Spotify for Artists",
		Doc:   "The platform's own count by artist. Artist, song and time window stand only in the names of the files, so keep the names when saving.",
		Streams: []Stream{
			{Name: "audience", Doc: "ARTIST-audience-timeline.csv: listeners, streams, followers by day", Cadence: "weekly", Lag: "about 2 days", Manual: true},
			{Name: "songs", Doc: "ARTIST-songs-WINDOW.csv: songs in a window of 1day, 7day, 28day, 1year or all", Cadence: "weekly", Lag: "about 2 days", Manual: true},
			{Name: "song_timeline", Doc: "SONG-timeline.csv: streams of one song by day", Cadence: "weekly", Lag: "about 2 days", Manual: true},
			{Name: "playlists", Doc: "ARTIST-playlists-WINDOW.csv: playlists that brought streams", Cadence: "weekly", Lag: "about 2 days", Manual: true},
		},
		Demo: demoSpotify,
	}
}
