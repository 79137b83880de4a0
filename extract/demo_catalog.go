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
	fmt.Fprintf(&artists, "youtube,%s,%s\n", demoYoutubeChannel(1), demoArtists()[1].name)
	all := c.tracks()
	for _, track := range all[:len(all)-1] {
		fmt.Fprintf(&tracks, "%s,%s,%s,%s\n", track.isrc, track.title, demoArtists()[track.artist].name, isoDay(track.released))
	}
	for i := 1; i < 10; i++ {
		track := c.elsewhere(i)
		fmt.Fprintf(&tracks, "%s,%s,%s,%s\n", track.isrc, track.title, demoArtists()[track.artist].name, isoDay(track.released))
	}
	for i, track := range c.plantedTracks() {
		name := c.plantedArtists()[i]
		fmt.Fprintf(&artists, ",%s,%s\n", name, name)
		fmt.Fprintf(&splits, ",%s,,1\n", name)
		fmt.Fprintf(&tracks, "%s,%s,%s,%s\n", track.isrc, track.title, name, isoDay(track.released))
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
	campaigns := "campaign,artist,track,targeting\nNIGHT SHIFT Marquee," + demoArtists()[0].name + ",NIGHT SHIFT,MARQUEE\n"
	due := c.Start.AddDate(0, c.Months+5, 0).Format("2006-01")
	goals := "metric,artist,target,due_month\n" +
		"streams,,200000," + due + "\n" +
		"revenue_usd,,500," + due + "\n" +
		"spotify_followers," + demoArtists()[0].name + ",10000," + due + "\n" +
		"tiktok_followers," + demoArtists()[0].name + ",2000," + due + "\n"
	files := c.moneyCatalog(all[0].isrc, all[1].isrc)
	files["fx.csv"], files["artists.csv"] = rates.String(), artists.String()
	files["tracks.csv"], files["splits.csv"], files["goals.csv"] = tracks.String(), splits.String(), goals
	files["campaigns.csv"] = campaigns
	return files
}

// moneyCatalog returns what people write down of money: who else has a share, what was paid and spent.
// The second recording's payees leave a part that nobody is named for; a payee has not recouped.
func (c DemoConfig) moneyCatalog(first, second string) map[string]string {
	day := func(month, day int) string { return isoDay(c.Start.AddDate(0, month, day-1)) }
	month := func(n int) string { return c.Start.AddDate(0, n, 0).Format("2006-01") }
	totals := "reporting_month,source,statement_account,currency,total\n"
	for back := 2; back >= 0; back-- { // SoundCloud's page tells cents, its statement millionths
		booked := c.Start.AddDate(0, c.lastMonth(1)-back, 0)
		micros := 5000
		for _, line := range c.soundcloudLines(c.Start.AddDate(0, c.lastMonth(1), 0)) {
			if line.booked.Equal(booked) {
				micros += line.units * line.micros
			}
		}
		totals += fmt.Sprintf("%s,soundcloud,,USD,%d.%02d\n", booked.Format("2006-01"), micros/1_000_000, micros/10_000%100)
	}
	return map[string]string{
		"payees.csv": "payee,isrc,artist,from_month,share,minimum_usd\n" +
			fmt.Sprintf("N. Producer,,%s,,0.12,1\n", demoArtists()[0].name) +
			fmt.Sprintf("R. Remixer,%s,,,0.4,5\nR. Remixer,%s,,%s,0.3,5\n", second, second, month(c.Months/2)),
		"payments.csv": "date,payee,amount,currency,note\n" +
			fmt.Sprintf("%s,N. Producer,2.50,USD,\n%s,N. Producer,2.00,EUR,\n", day(5, 15), day(8, 15)),
		"costs.csv": "date,isrc,artist,kind,amount,currency,payee,note\n" +
			fmt.Sprintf("%s,%s,,mastering,12.00,USD,,\n", day(0, 3), first) +
			fmt.Sprintf("%s,%s,,advance,25.00,USD,R. Remixer,\n", day(0, 10), second) +
			fmt.Sprintf("%s,,%s,photos,40.00,EUR,,\n", day(2, 20), demoArtists()[1].name),
		"statement_totals.csv": totals,
	}
}
