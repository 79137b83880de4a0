package extract

import (
	"fmt"
	"iter"
	"strings"
	"time"
)

// demoToolost yields both answers of the portal every night, and a sales report on some; the last
// report is an earlier one made again with a line more.
func demoToolost(config DemoConfig) iter.Seq[Delivery] {
	c := config.withDefaults()
	return func(yield func(Delivery) bool) {
		for night := 1; night <= DemoNights; night++ {
			at := c.asOf(night)
			list := []Delivery{
				{Stream: "spotify", Name: "toolost_spotify_" + at.Format("20060102_150405") + ".json", Write: text(func() string { return c.toolostSpotify(at, night%2 == 0) })},
				{Stream: "apple", Name: "toolost_apple_" + at.Format("20060102_150405") + ".json", Write: text(func() string { return c.toolostApple(at) })},
			}
			if night != 2 {
				of := min(night, 3)
				number := 70799 + 112*night
				list = append(list, Delivery{
					Stream: "sales", Name: fmt.Sprintf("%s-%d.csv", c.asOf(of).Format("01-2006"), number),
					Write: text(func() string { return c.toolostSales(of, night == DemoNights) }),
				})
			}
			for _, d := range list {
				d.Night, d.Account, d.AsOf = night, demoAccount, at
				if !yield(d) {
					return
				}
			}
		}
	}
}

// toolostDays are the days of the year so far, the newest first: the portal keeps no order. What it
// distributes came out a month before the first night.
func (c DemoConfig) toolostDays(at time.Time, lag int) []time.Time {
	var days []time.Time
	first := time.Date(at.Year(), time.January, 1, 0, 0, 0, 0, time.UTC)
	if out := midnight(c.asOf(1)).AddDate(0, 0, -30); out.After(first) {
		first = out
	}
	for day := midnight(at).AddDate(0, 0, -lag); !day.Before(first); day = day.AddDate(0, 0, -1) {
		days = append(days, day)
	}
	return days
}

// toolostAnswer is the portal's about one platform, as the page gets it.
func (c DemoConfig) toolostAnswer(platform string, at time.Time) string {
	if platform == "apple" {
		return c.toolostApple(at)
	}
	return c.toolostSpotify(at, false)
}

// toolostSpotify has counts as text; some nights it comes wrapped, with the time of its capture.
func (c DemoConfig) toolostSpotify(at time.Time, wrapped bool) string {
	var days []string
	for _, day := range c.toolostDays(at, 2) {
		days = append(days, fmt.Sprintf(`{"date":"%s","streams":"%d"}`, isoDay(day), c.streamsOn(1, day)/3))
	}
	month := time.Date(at.Year(), at.Month(), 1, 0, 0, 0, 0, time.UTC)
	discovery := fmt.Sprintf(`{"date":"%s","streams":"%d","fees":"%d.93076245"}`, isoDay(month), 300+month.YearDay(), month.YearDay()%7)
	answer := fmt.Sprintf(`{"streams":[%s],"discovery":[%s]}`, strings.Join(days, ","), discovery)
	if wrapped {
		answer = fmt.Sprintf(`{"timestamp":"%s","source":"toolost","platform":"spotify","data":%s}`, at.Format("2006-01-02T15:04:05.000000"), answer)
	}
	return answer
}

// toolostApple has counts as numbers, leaves out days without streams, and adds up to its own total.
func (c DemoConfig) toolostApple(at time.Time) string {
	total := 0
	var days, shazams, tracks, countries []string
	for i, day := range c.toolostDays(at, 4) {
		streams := c.appleOn(1, day) / 4
		if day.YearDay()%29 == 0 {
			continue
		}
		total += streams
		days = append(days, fmt.Sprintf(`{"date":"%s","streams":%d}`, isoDay(day), streams))
		if i%20 == 5 {
			shazams = append(shazams, fmt.Sprintf(`{"date":"%s","streams":"%d"}`, isoDay(day), 1+i%7))
		}
	}
	rest := total
	for i := range 4 {
		track, streams := c.elsewhere(i), total/5
		if i == 3 {
			streams = rest
		}
		rest -= streams
		tracks = append(tracks, fmt.Sprintf(
			`{"isrc":"%s","streams":%d,"track":%q,"release":%q,"cover":"https://example.com/%d.jpg"}`,
			track.isrc, streams, track.title, track.title, i,
		))
	}
	rest = total
	for i, country := range []string{"US", "DE", "GB"} {
		streams := total / 4
		if i == 2 {
			streams = rest
		}
		rest -= streams
		countries = append(countries, fmt.Sprintf(`{"country":"%s","streams":%d}`, country, streams))
	}
	return fmt.Sprintf(
		`{"totalStreams":[%s],"totalShazam":[%s],"tracksTotal":[%s],"countryTotal":[%s],"streamTotal":%d}`,
		strings.Join(days, ","), strings.Join(shazams, ","), strings.Join(tracks, ","), strings.Join(countries, ","), total,
	)
}

// toolostSales is the report of a night's month, a split sale and a correction among its lines; made
// again it has one line more.
func (c DemoConfig) toolostSales(night int, again bool) string {
	var file strings.Builder
	file.WriteString("transaction_id,sale_date,accounting_date,reporting_date,release_title,release_id,track_title,track_id," +
		"channel,country,isrc,upc,units,unit_price,original_currency,split_id,share,rev_fee\n")
	at := c.asOf(night)
	sold := time.Date(at.Year(), at.Month()-2, 0, 0, 0, 0, 0, time.UTC)
	line := 0
	write := func(track int, channel, country string, units int, money, split, share string) {
		line++
		t := c.elsewhere(track)
		fmt.Fprintf(&file, "tl-%d-%03d,%s,%s,%s,\"%s\",r%d,\"%s\",k%d,%s,%s,%s,%s,%d,%s,USD,%s,%s,0\n",
			night, line, isoDay(sold), isoDay(sold.AddDate(0, 0, 30)), isoDay(midnight(at).AddDate(0, 0, -3)),
			t.title, track, t.title, track, channel, country, t.isrc, t.upc, units, money, split, share)
	}
	for i, channel := range []string{"Spotify", "Apple Music", "Deezer", "TikTok", "YouTube Music"} {
		for j, country := range []string{"US", "DE", "GB"} {
			units := 40*(5-i) + 7*j + night
			write((i+j)%4, channel, country, units, fmt.Sprintf("0.%08d", units*37129), "", "100")
		}
	}
	write(1, "Spotify", "FR", 50, "0.16500000", "s1", "70")
	write(1, "Spotify", "FR", 50, "0.16500000", "s2", "30")
	write(2, "Spotify", "US", 12, "-0.04100000", "", "100")
	if again {
		write(3, "Tidal", "US", 9, "0.08100000", "", "100")
	}
	return file.String()
}
