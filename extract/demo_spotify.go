package extract

import (
	"fmt"
	"iter"
	"strings"
	"time"
)

// demoSpotify yields audience timelines of both artists every night, in column orders that change with
// the years, and lists of songs and playlists on some.
func demoSpotify(config DemoConfig) iter.Seq[Delivery] {
	c := config.withDefaults()
	return func(yield func(Delivery) bool) {
		for night := 1; night <= DemoNights; night++ {
			at := c.asOf(night).Add(time.Hour)
			for _, d := range c.spotifyNight(night, at) {
				d.Night, d.Account = night, demoAccount
				if d.AsOf.IsZero() {
					d.AsOf = at
				}
				if !yield(d) {
					return
				}
			}
		}
	}
}

func (c DemoConfig) spotifyNight(night int, at time.Time) []Delivery {
	var list []Delivery
	add := func(stream, name string, make func() string) {
		list = append(list, Delivery{Stream: stream, Name: name, Write: text(make)})
	}
	orders := []string{
		"date,listeners,streams,followers",
		"date,listeners,streams,followers,playlist adds,saves",
		"date,listeners,monthly listeners,monthly active listeners,streams,playlist adds,saves,followers",
		"date,listeners,monthly listeners,monthly active listeners,super listeners,streams,playlist adds,saves,followers",
	}
	for i, artist := range demoArtists() {
		header := orders[night-1]
		add("audience", artist.spotify+"-audience-timeline.csv", func() string { return c.audience(i, header, at, night == 3) })
		for _, window := range []string{"28day", "all"} {
			add("songs", artist.spotify+"-songs-"+window+".csv", func() string { return c.songs(i, window, night) })
		}
		for _, window := range []string{"28day", "1day"}[:1+night/DemoNights] {
			name := fmt.Sprintf("spotify_songs_%s_%s_%s.json", spotifyID('a', i), window, at.Format("20060102_150405"))
			add("song_windows", name, func() string { return c.songWindow(i, window, night) })
		}
		if night%2 == 0 {
			add("playlists", artist.spotify+"-playlists-28day.csv", func() string { return c.playlists(i, night) })
		}
	}
	if night%2 == 0 {
		add("campaigns", "campaign-results.csv", func() string { return c.campaigns(night) })
	}
	c.spotifyLookups(night, at, add)
	if night == DemoNights {
		// An export found later in somebody's downloads: older than what is known, so it must not win.
		old := c.asOf(2).Add(-72 * time.Hour)
		list = append(list, Delivery{
			AsOf: old, Stream: "audience", Name: "zone_a0-audience-timeline (1).csv",
			Write: text(func() string { return c.audience(0, orders[0], old, false) }),
		})
		for _, track := range []int{1, 4, 5} {
			name := strings.ReplaceAll(c.tracks()[track].title, "?", "_") + "-timeline.csv"
			add("song_timeline", name, func() string { return c.songTimeline(at, track) })
		}
		add("audience", c.Effects().TinyArtist+"-audience-timeline.csv", func() string { return c.tinyAudience(at) })
	}
	return list
}

const byteOrderMark = "\ufeff"

// audience is an artist's timeline since the label began; one garbled row when asked for.
func (c DemoConfig) audience(artist int, header string, at time.Time, garbled bool) string {
	var file strings.Builder
	file.WriteString(byteOrderMark + header + "\n")
	last := midnight(at).AddDate(0, 0, -2)
	row := 0
	for day := c.Start; !day.After(last); day = day.AddDate(0, 0, 1) {
		streams := c.streamsOn(artist, day)
		if day.Equal(last) {
			streams = streams * 9 / 10
		}
		values := map[string]string{
			"date": isoDay(day), "streams": fmt.Sprint(streams), "listeners": fmt.Sprint(streams * 5 / 8),
			"followers": fmt.Sprint(200 + 3*row), "playlist adds": fmt.Sprint(streams / 40), "saves": fmt.Sprint(streams / 50),
			"monthly listeners": fmt.Sprint(streams * 11), "monthly active listeners": fmt.Sprint(streams * 3), "super listeners": "n/a",
		}
		if row++; garbled && row == 100 {
			values["streams"] = "#REF!"
		}
		for i, name := range strings.Split(header, ",") {
			if i > 0 {
				file.WriteString(",")
			}
			file.WriteString(values[name])
		}
		file.WriteString("\n")
	}
	return file.String()
}

// songs is an artist's song list; the window "all" comes without listeners and saves.
func (c DemoConfig) songs(artist int, window string, night int) string {
	var file strings.Builder
	file.WriteString(byteOrderMark + "song,listeners,streams,saves,release_date\n")
	for i, track := range c.tracks()[:10] {
		if track.artist != artist {
			continue
		}
		streams := 3000/(i+1) + 40*night
		listeners, saves := streams*5/8, streams/50
		if window == "all" {
			streams, listeners, saves = streams*c.lastMonth(night), 0, 0
		}
		fmt.Fprintf(&file, "\"%s\",%d,%d,%d,%s\n", track.title, listeners, streams, saves, isoDay(track.released))
	}
	return file.String()
}

func (c DemoConfig) playlists(artist, night int) string {
	var file strings.Builder
	file.WriteString(byteOrderMark + "title,author,listeners,streams,date_added\n")
	for i, added := range []string{"n/a", "n/a", "-", isoDay(c.asOf(night).AddDate(0, 0, -40))} {
		streams := (900 - 200*i) / (artist + 1)
		author := "Spotify"
		if i > 1 {
			author = "somebody"
		}
		fmt.Fprintf(&file, "\"Playlist %d\",\"%s\",%d,%d,%s\n", i+1, author, streams*3/4, streams, added)
	}
	return file.String()
}

// songTimeline is a song's last days: what trackOn says of PIG1987's, a sixth of all streams of ZONE A0's.
func (c DemoConfig) songTimeline(at time.Time, track int) string {
	var file strings.Builder
	file.WriteString(byteOrderMark + "date,streams\n")
	last := midnight(at).AddDate(0, 0, -2)
	for day := last.AddDate(0, 0, -119); !day.After(last); day = day.AddDate(0, 0, 1) {
		streams := c.streamsOn(0, day) / 6
		if c.tracks()[track].artist == 1 {
			streams = c.trackOn(track, day)
		}
		fmt.Fprintf(&file, "%s,%d\n", isoDay(day), streams)
	}
	return file.String()
}

// tinyAudience is the timeline of an artist whom somebody has asked for once.
func (c DemoConfig) tinyAudience(at time.Time) string {
	var file strings.Builder
	file.WriteString(byteOrderMark + "date,listeners,streams,followers\n")
	last := midnight(at).AddDate(0, 0, -2)
	for day := last.AddDate(0, 0, -59); !day.After(last); day = day.AddDate(0, 0, 1) {
		fmt.Fprintf(&file, "%s,1,%d,9\n", isoDay(day), c.Effects().TinyStreams/30)
	}
	return file.String()
}

// campaigns is a Showcase of the first artist that is over and a Marquee that runs: each with its segments,
// which have no money. By the last night the second has its final results.
func (c DemoConfig) campaigns(night int) string {
	var file strings.Builder
	file.WriteString(byteOrderMark + "Release Date,Start Date,End Date,Release Name,Campaign Name,Artist Name,Format,Country Targeting,Currency,Tax Rate,Budget,Budget (incl. tax),Spend,Spend (incl. tax),Segment Targeting,Reach,Clicks,Converted Listeners,Conversion Rate,Saves\n")
	begun := midnight(c.asOf(2)).AddDate(0, 0, -9)
	for i, campaign := range []struct {
		format, country string
		start           time.Time
		cents, reach    int
	}{
		{"Showcase", "United States", begun.AddDate(0, -2, 0), 15000, 9120},
		{"Marquee", "Germany", begun, 3100 * night, 2400 * night},
	} {
		track := c.tracks()[3*i]
		day := func(t time.Time) string { return t.Format("1/2/06") + " UTC" }
		names := strings.Join([]string{
			day(track.released), day(campaign.start), day(campaign.start.AddDate(0, 0, 9)),
			`"` + track.title + `"`, `"` + track.title + " " + campaign.format + `"`, demoArtists()[track.artist].name, campaign.format, campaign.country, "USD",
		}, ",")
		results := func(segment string, reach int) {
			converted := reach / 60
			fmt.Fprintf(&file, "%s,\"%s\",%d,%d,%.2f%%,%d\n", segment, thousands(reach), reach/25, converted, 100*float64(converted)/float64(reach), converted/5)
		}
		fmt.Fprintf(&file, "%s,20%%,200.00,240.00,%d.%02d,%d.%02d,", names, campaign.cents/100, campaign.cents%100, campaign.cents*6/500, campaign.cents*6/5%100)
		results("All", campaign.reach)
		for _, segment := range []string{"Super listeners", "Light listeners"} {
			file.WriteString(names + ",NA,NA,NA,NA,NA,")
			results(segment, campaign.reach/3)
		}
	}
	return file.String()
}
