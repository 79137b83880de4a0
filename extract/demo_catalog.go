package extract

import (
	"fmt"
	"strings"
)

// DemoCatalog returns the files of LAKE/catalog that belong to the demo, by file name. They know both
// artists and all recordings but the last one, so that something stays unresolved.
func DemoCatalog(config DemoConfig) map[string]string {
	c := config.withDefaults()
	var artists, tracks, splits strings.Builder
	artists.WriteString("source,alias,artist\n")
	tracks.WriteString("isrc,track,artist,release_date\n")
	splits.WriteString("isrc,artist,from_month,owner_share\n")
	for _, artist := range demoArtists() {
		fmt.Fprintf(&artists, ",%s,%s\n", artist.name, artist.name)
		if artist.spotify != artist.name {
			fmt.Fprintf(&artists, "spotify,%s,%s\n", artist.spotify, artist.name)
		}
		fmt.Fprintf(&splits, ",%s,,%s\n", artist.name, artist.share)
	}
	all := c.tracks()
	for _, track := range all[:len(all)-1] {
		fmt.Fprintf(&tracks, "%s,%s,%s,%s\n", track.isrc, track.title, demoArtists()[track.artist].name, isoDay(track.released))
	}
	for i := 1; i < 10; i++ {
		track := c.elsewhere(i)
		fmt.Fprintf(&tracks, "%s,%s,%s,%s\n", track.isrc, track.title, demoArtists()[track.artist].name, isoDay(track.released))
	}
	fmt.Fprintf(&splits, "%s,,,0.4\n", all[1].isrc)
	fmt.Fprintf(&splits, "%s,,%s,0.55\n", all[1].isrc, c.Start.AddDate(0, c.Months/2, 0).Format("2006-01"))
	var rates strings.Builder
	rates.WriteString("date,currency,usd\n")
	for month := range c.Months {
		fmt.Fprintf(&rates, "%s,EUR,1.%02d\n", isoDay(c.Start.AddDate(0, month, 0)), 5+month%10)
	}
	campaigns := "campaign,artist,track,targeting\nNIGHT SHIFT Marquee," + demoArtists()[0].name + ",NIGHT SHIFT,MARQUEE\n"
	return map[string]string{"campaigns.csv": campaigns, "fx.csv": rates.String(), "artists.csv": artists.String(), "tracks.csv": tracks.String(), "splits.csv": splits.String()}
}
