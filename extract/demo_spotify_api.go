package extract

import (
	"fmt"
	"strings"
	"time"
)

// spotifyID is an id of 22 letters and digits, as Spotify's are.
func spotifyID(kind byte, n int) string { return fmt.Sprintf("%c%021d", kind, 7001+n) }

// songWindow is the answer behind an artist's song list: text with thousands commas, and wrapped on
// even nights.
func (c DemoConfig) songWindow(artist int, window string, night int) string {
	var songs []string
	for i, track := range c.tracks()[:10] {
		if track.artist != artist {
			continue
		}
		streams := 10 * (3000/(i+1) + 40*night)
		if window == "1day" {
			streams /= 28
		}
		songs = append(songs, fmt.Sprintf(
			`{"id":"%[1]s","trackName":%[2]q,"trackUri":"spotify:track:%[1]s","releaseDate":"%[3]s","numStreams":"%[4]s","numListeners":"%[5]s","numSavers":%[6]d,"isDisabled":false}`,
			spotifyID('t', i), track.title, isoDay(track.released), thousands(streams), thousands(streams*5/8), streams/50,
		))
	}
	answer := `{"songs":[` + strings.Join(songs, ",") + `]}`
	if night%2 == 0 {
		answer = fmt.Sprintf(`{"data":%s,"url":"https://generic.wg.spotify.com/catalog-view/songs?time-filter=%s","status":200}`, answer, window)
	}
	return answer
}

// thousands writes a number below a million with a comma.
func thousands(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%d,%03d", n/1000, n%1000)
}

// spotifyLookups are answers of the Web API: artists every night, with followers on the first two only,
// and some of the catalogue.
func (c DemoConfig) spotifyLookups(night int, at time.Time, add func(stream, name string, make func() string)) {
	stamp := at.Format("20060102_150405")
	for i, artist := range demoArtists() {
		gone := ""
		if night <= 2 {
			gone = fmt.Sprintf(`"followers":{"href":null,"total":%d},"genres":[],"popularity":%d,`, 900+70*night-300*i, 14-5*i)
		}
		id := spotifyID('a', i)
		add("artists", fmt.Sprintf("artist_%s_%s.json", id, stamp), func() string {
			return fmt.Sprintf(
				`{"external_urls":{},%[1]s"href":"https://api.spotify.com/v1/artists/%[2]s","id":"%[2]s","images":[],"name":%[3]q,"type":"artist","uri":"spotify:artist:%[2]s"}`,
				gone, id, artist.name,
			)
		})
	}
	if night%2 == 1 {
		return
	}
	add("albums", fmt.Sprintf("albums_%s_%s.json", spotifyID('a', 0), stamp), func() string { return c.albumPage() })
	for i := range 2 {
		add("tracks", fmt.Sprintf("track_%s_%s.json", spotifyID('t', i), stamp), func() string { return c.lookedUpTrack(i) })
	}
}

// albumPage lists the first artist's releases, of which the oldest are dated to the month.
func (c DemoConfig) albumPage() string {
	var items []string
	for i, track := range c.tracks()[:10] {
		if track.artist == 0 {
			items = append(items, demoAlbum(i, track))
		}
	}
	return fmt.Sprintf(`{"limit":10,"next":null,"offset":0,"previous":null,"total":%d,"items":[%s]}`, len(items), strings.Join(items, ","))
}

func demoAlbum(i int, track demoTrack) string {
	date, precision := isoDay(track.released), "day"
	if i < 3 {
		date, precision = track.released.Format("2006-01"), "month"
	}
	return fmt.Sprintf(
		`{"album_type":"single","total_tracks":1,"id":"%[1]s","name":%[2]q,"release_date":"%[3]s","release_date_precision":"%[4]s","external_urls":{},"href":"https://api.spotify.com/v1/albums/%[1]s","images":[],"type":"album","uri":"spotify:album:%[1]s","artists":[%[5]s]}`,
		spotifyID('b', i), track.title, date, precision, demoByline(track.artist),
	)
}

// demoByline is an artist as albums and tracks name it.
func demoByline(artist int) string {
	return fmt.Sprintf(
		`{"id":"%[1]s","name":%[2]q,"type":"artist","href":"https://api.spotify.com/v1/artists/%[1]s","uri":"spotify:artist:%[1]s","external_urls":{}}`,
		spotifyID('a', artist), demoArtists()[artist].name,
	)
}

func (c DemoConfig) lookedUpTrack(i int) string {
	track := c.tracks()[i]
	byline := demoByline(track.artist)
	if i == 1 { // the two of them together
		byline += "," + demoByline(1-track.artist)
	}
	return fmt.Sprintf(
		`{"id":"%[1]s","name":%[2]q,"type":"track","uri":"spotify:track:%[1]s","duration_ms":%[3]d,"explicit":false,"disc_number":1,"track_number":1,"is_local":false,"is_playable":true,"external_ids":{"isrc":"%[4]s"},"preview_url":null,"href":"https://api.spotify.com/v1/tracks/%[1]s","external_urls":{},"artists":[%[5]s],"album":%[6]s}`,
		spotifyID('t', i), track.title, 180000+1377*i, track.isrc, byline, demoAlbum(i, track),
	)
}
