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
	// The first artist is the one with profiles; where files name none, the account stands for it.
	for _, alias := range []string{"tiktok,zone.a0", "tiktok,main", "instagram,zone.a0", "instagram,main", "youtube,UCzone0a0zone0a0zone0a0z", "youtube,main", "linktree,main"} {
		fmt.Fprintf(&artists, "%s,%s\n", alias, demoArtists()[0].name)
	}
	all := c.tracks()
	for _, track := range all[:len(all)-1] {
		fmt.Fprintf(&tracks, "%s,%s,%s,%s\n", track.isrc, track.title, demoArtists()[track.artist].name, isoDay(track.released))
	}
	for i := 1; i < 10; i++ {
		track := c.elsewhere(i)
		fmt.Fprintf(&tracks, "%s,%s,%s,%s\n", track.isrc, track.title, demoArtists()[track.artist].name, isoDay(track.released))
	}
	// Two that came out while somebody counted, and are on no statement yet.
	for i, title := range []string{"AFTERGLOW", "UNDERTOW"} {
		fmt.Fprintf(&tracks, "QZXXX25%05d,%s,%s,%s\n", i+1, title, demoArtists()[i].name, isoDay(c.Start.AddDate(0, c.Months-4-3*i, 3)))
	}
	fmt.Fprintf(&splits, "%s,,,0.4\n", all[1].isrc)
	fmt.Fprintf(&splits, "%s,,%s,0.55\n", all[1].isrc, c.Start.AddDate(0, c.Months/2, 0).Format("2006-01"))
	var rates strings.Builder
	rates.WriteString("date,currency,usd\n")
	for month := range c.Months {
		fmt.Fprintf(&rates, "%s,EUR,1.%02d\n", isoDay(c.Start.AddDate(0, month, 0)), 5+month%10)
	}
	due := c.Start.AddDate(0, c.Months+5, 0).Format("2006-01")
	goals := "metric,artist,target,due_month\n" +
		"streams,,200000," + due + "\n" +
		"revenue_usd,,500," + due + "\n" +
		"spotify_followers," + demoArtists()[0].name + ",10000," + due + "\n" +
		"tiktok_followers," + demoArtists()[0].name + ",2000," + due + "\n"
	return map[string]string{"fx.csv": rates.String(), "goals.csv": goals, "artists.csv": artists.String(), "tracks.csv": tracks.String(), "splits.csv": splits.String()}
}
