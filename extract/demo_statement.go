package extract

import (
	"fmt"
	"iter"
	"strings"
	"time"
)

// demoStatement yields a statement of each of the mapped distributors every night: recordings from before
// the label moved to DistroKid still earn a little there.
func demoStatement(config DemoConfig) iter.Seq[Delivery] {
	c := config.withDefaults()
	return func(yield func(Delivery) bool) {
		for night := 1; night <= DemoNights; night++ {
			at := c.asOf(night).Add(time.Hour)
			month := c.Start.AddDate(0, c.lastMonth(night), 0)
			for _, d := range []Delivery{
				{Stream: "cdbaby", Name: "sales-details.txt", Write: text(func() string { return c.cdbaby(month) })},
				{Stream: "tunecore", Name: "tunecore-" + month.Format("2006-01") + ".csv", Write: text(func() string { return c.tunecore(month) })},
				{Stream: "symphonic", Name: "royalties-" + month.Format("2006-01") + ".csv", Write: text(func() string { return c.symphonic(month) })},
				{Stream: "soundcloud", Name: "lifetime_statement_00000000-0000-4000-8000-000000007001_" + month.Format("2006-01") + "_7f3a.csv", Write: text(func() string { return c.soundcloud(month) })},
			} {
				d.Night, d.Account, d.AsOf = night, demoAccount, at
				if !yield(d) {
					return
				}
			}
		}
	}
}

// cdbaby is the last three months' sales, reported again every time.
func (c DemoConfig) cdbaby(month time.Time) string {
	var file strings.Builder
	file.WriteString("Report Date\tSales Date\tQuantity\tPrice\tSubtotal\tIsrc\tBarcode\tCDBabySku\tAlbum Name\tArtist Name\tTrack Name\tPartner Name\tTransaction Type\tDelivery Country\r\n")
	const stamp = "1/2/2006 3:04:05 PM"
	track := c.elsewhere(4)
	for back := 2; back >= 0; back-- {
		reported := month.AddDate(0, -back, 14)
		for i, store := range []string{"Spotify", "Deezer", "iTunes"} {
			n := 20 + c.chance("cdbaby", int(reported.Unix()/86400)*4+i).IntN(30)
			fmt.Fprintf(&file, "%s\t%s\t%d\t0.003\t%d.%03d\t%s\t\"%s\"\t5638100%d\tOLD SONGS\t%s\t%s\t%s\tStream\tUS\r\n",
				reported.Format(stamp), month.AddDate(0, -back-2, 0).Format(stamp), n, 3*n/1000, 3*n%1000, track.isrc, track.upc, i, demoArtists()[track.artist].name, track.title, store)
		}
	}
	return file.String()
}

// tunecore is one month, in euros on one line.
func (c DemoConfig) tunecore(month time.Time) string {
	var file strings.Builder
	file.WriteString("Sales Period,Posted Date,Store Name,Country Of Sale,Artist,Release Type,Release Title,Song Title,Label,UPC,Optional UPC,TC Song ID,Optional ISRC,Sales Type,# Units Sold,Per Unit Price,Net Sales,Net Sales Currency,Exchange Rate,Total Earned,Currency\r\n")
	track := c.elsewhere(7)
	for i, currency := range []string{"USD", "EUR"} {
		n := 1000 + c.chance("tunecore", int(month.Unix()/86400)*4+i).IntN(400)
		fmt.Fprintf(&file, "%s,%s,Spotify,%s,%s,Single,OLD SONGS,%s,LABEL,%s,,7700%d,%s,Stream,\"%d,%03d\",0.003,%d.%03d,%s,1,%d.%03d,%s\r\n",
			month.AddDate(0, -2, 0).Format(time.DateOnly), month.AddDate(0, 0, 19).Format(time.DateOnly), []string{"US", "DE"}[i],
			demoArtists()[track.artist].name, track.title, track.upc, i, track.isrc, n/1000, n%1000, 3*n/1000, 3*n%1000, currency, 3*n/1000, 3*n%1000, currency)
	}
	return file.String()
}

// symphonic is one month with a line that takes money back.
func (c DemoConfig) symphonic(month time.Time) string {
	var file strings.Builder
	file.WriteString(byteOrderMark + "Reporting Period,Label,Release Name,Release Version,Release Artists,UPC Code,Catalogue,Track Title,Mix Version,ISRC Code,Track Artists,Digital Service Provider,Activity Period,Territory,Delivery,Content Type,Sale or Void,Count,Royalty ($US)\n")
	track := c.elsewhere(8)
	artist := demoArtists()[track.artist].name
	reported := strings.ToUpper(month.Format("Jan-06"))
	for i, activity := range []string{month.AddDate(0, -2, 0).Format("Jan-06"), month.AddDate(0, -3, 0).Format("January 2006")} {
		n := 50 + c.chance("symphonic", int(month.Unix()/86400)*4+i).IntN(50)
		fmt.Fprintf(&file, "%s,LABEL,OLD SONGS,,%s,%s,OLD1,%s,,%s,%s,Spotify,%s,%s,Stream,Track,Sale,%d,0.%03d\n",
			reported, artist, track.upc, track.title, track.isrc, artist, activity, []string{"USA", "DEU"}[i], n, 3*n)
	}
	fmt.Fprintf(&file, "%s,LABEL,OLD SONGS,,%s,%s,OLD1,%s,,%s,%s,Spotify,%s,USA,Stream,Track,Void,0,-0.012\n",
		reported, artist, track.upc, track.title, track.isrc, artist, month.AddDate(0, -3, 0).Format("January 2006"))
	return file.String()
}

// soundcloud is a statement below two lines of the account.
func (c DemoConfig) soundcloud(month time.Time) string {
	var file strings.Builder
	file.WriteString("\"Account ID\",\"\",\"\"\n\"00000000-0000-4000-8000-000000007001\",\"\",\"\"\n")
	file.WriteString("Reporting Period,Accounting Period,Artist(s),Release,Track,UPC,ISRC,Partner,Country,Type,Units,Revenue (USD),Revenue Share (%),Split Pay Share (%)\n")
	for _, line := range c.soundcloudLines(month) {
		micros := line.units * line.micros
		fmt.Fprintf(&file, "%s,%s,%s,OLD SONGS,%s,%s,%s,%s,US,Stream,%d,%d.%06d,80,100\n",
			line.used.Format(time.DateOnly), line.booked.Format(time.DateOnly), line.artist, line.track.title, line.track.upc, line.track.isrc, line.partner, line.units, micros/1_000_000, micros%1_000_000)
	}
	return file.String()
}

// soundcloudLine is a line of that statement: streams, and what one of them pays in millionths of a USD.
type soundcloudLine struct {
	used, booked    time.Time
	artist, partner string
	track           demoTrack
	units, micros   int
}

// soundcloudLines are the whole history of an old recording and of the artists that are planted: booked by
// the quarter until the label began, two months after the use since then.
func (c DemoConfig) soundcloudLines(month time.Time) []soundcloudLine {
	var lines []soundcloudLine
	track := c.elsewhere(9)
	for number := c.lastMonth(1) - 2; ; number++ {
		booked := c.Start.AddDate(0, number, 0)
		if booked.After(month) {
			break
		}
		lines = append(lines, soundcloudLine{
			used: booked.AddDate(0, -2, 0), booked: booked, artist: demoArtists()[track.artist].name, partner: "SoundCloud", track: track,
			units: 200 + c.chance("soundcloud", int(booked.Unix()/86400)).IntN(90), micros: demoSoundcloudMicros,
		})
	}
	for i, artist := range c.plantedArtists() {
		for number := range demoHistory + c.Months {
			used := c.Start.AddDate(0, number-demoHistory, 0)
			booked := used.AddDate(0, 2, 0)
			if booked.Before(c.Start) {
				booked = used.AddDate(0, 4-number%3, 0)
			}
			line := soundcloudLine{
				used: used, booked: booked, artist: artist, partner: "SoundCloud", track: c.plantedTracks()[i],
				units: c.plantedUnits(i, used), micros: demoSoundcloudMicros,
			}
			if i == 2 {
				line.partner, line.micros = "Spotify", demoSpotifyMicros
			}
			if line.units > 0 && !booked.After(month) {
				lines = append(lines, line)
			}
		}
	}
	return lines
}
