package extract

import (
	"fmt"
	"io"
	"iter"
	"strings"
	"time"
)

// demoDistrokid yields a statement and both stats pages on every night.
func demoDistrokid(config DemoConfig) iter.Seq[Delivery] {
	c := config.withDefaults()
	return func(yield func(Delivery) bool) {
		for night := 1; night <= DemoNights; night++ {
			at := c.asOf(night)
			stamp := at.Format("20060102_150405")
			form, name := bankV1, "dk_bank_details_"+stamp+".tsv"
			if night > 2 {
				form, name = bankV2, "results.csv"
			}
			deliveries := []Delivery{
				{Stream: "bank", Name: name, Write: func(w io.Writer) error { return c.writeBank(w, form, night) }},
				{Stream: "streams", Name: "streams_stats_" + stamp + ".html", Write: text(func() string { return c.spotifyPage(at) })},
				{Stream: "applemusic", Name: "applemusic_stats_" + stamp + ".html", Write: text(func() string { return c.applePage(at) })},
			}
			for _, d := range deliveries {
				d.Night, d.AsOf, d.Account = night, at, demoAccount
				if !yield(d) {
					return
				}
			}
		}
	}
}

// point is one value of a chart; id is left out when 0.
type point struct {
	label string
	value int
	id    int
}

// statsPage is the page of statistics about one platform.
func (c DemoConfig) statsPage(data string, at time.Time) string {
	if data == "applemusic" {
		return c.applePage(at)
	}
	return c.spotifyPage(at)
}

// spotifyPage is the page stats/?data=streams as a browser saves it: four charts, CRLF, data up to two
// days before the capture.
func (c DemoConfig) spotifyPage(at time.Time) string {
	last := midnight(at).AddDate(0, 0, -2)
	daily := c.daily(last, 365, func(day time.Time) int { return c.estimate(day, last) })
	var page strings.Builder
	page.WriteString("<!DOCTYPE html>\r\n<html><head><title>Stats</title></head><body>\r\n<h3>SPOTIFY ESTIMATES</h3>\r\n")
	charts := []struct {
		id     string
		points []point
	}{
		{"trendWeekly", bucketed(daily, func(day time.Time) bool { return day.Weekday() == time.Monday })},
		{"trendMonthly", bucketed(daily, func(day time.Time) bool { return day.Day() == 1 })},
		{"trend60day", daily[len(daily)-60:]},
		{"trend365day", daily},
	}
	for _, chart := range charts {
		fmt.Fprintf(&page, "<div id=%q class=\"chart\"></div>\r\n", chart.id)
	}
	page.WriteString("<script type=\"text/javascript\">\r\n")
	for _, chart := range charts {
		fmt.Fprintf(&page, "AmCharts.makeChart(%q,\r\n{\"type\": \"serial\", \"categoryField\": \"category\", \"dataDateFormat\": \"YYYY-MM-DD\",\r\n\"dataProvider\": [ ", chart.id)
		for i, p := range chart.points {
			if i > 0 {
				page.WriteString(",")
			}
			fmt.Fprintf(&page, `{"category":%q,"column-1": %d}`, p.label, p.value)
		}
		page.WriteString(" ]});\r\n")
	}
	page.WriteString("</script>\r\n</body></html>\r\n")
	return page.String()
}

// daily is a series of days that ends on the last one, never before the label began.
func (c DemoConfig) daily(last time.Time, days int, value func(time.Time) int) []point {
	var points []point
	for i := days - 1; i >= 0; i-- {
		day := last.AddDate(0, 0, -i)
		points = append(points, point{label: isoDay(day), value: value(day)})
	}
	return points
}

// bucketed adds days up; a bucket carries the date of its first day, so the first one is short.
func bucketed(daily []point, begins func(time.Time) bool) []point {
	var buckets []point
	for i, p := range daily {
		day, _ := time.Parse("2006-01-02", p.label)
		if i == 0 || begins(day) {
			buckets = append(buckets, point{label: p.label})
		}
		buckets[len(buckets)-1].value += p.value
	}
	return buckets
}

// estimate is what DistroKid says of a day when the page ends with the last one: within 2 % of the
// truth, but every ninth day far too low until five weeks later, and the last day unfinished.
func (c DemoConfig) estimate(day, last time.Time) int {
	truth := 0
	for artist := range demoArtists() {
		truth += c.streamsOn(artist, day)
	}
	number := int(day.Unix() / 86400)
	value := int(float64(truth) * (0.98 + 0.04*c.chance("estimate", number).Float64()))
	behind := int(last.Sub(day).Hours() / 24)
	switch {
	case behind == 0:
		return value / 3
	case number%9 == 0 && behind < 35:
		return value / 8
	}
	return value
}

// applePage is the page stats/?data=applemusic: one variable with fourteen charts.
func (c DemoConfig) applePage(at time.Time) string {
	last := midnight(at).AddDate(0, 0, -1)
	days := c.daily(last, 300, func(day time.Time) int {
		value := c.appleOn(0, day)
		if !day.Before(last) {
			value /= 6
		}
		return value
	})
	total := 0
	for _, p := range days {
		total += p.value
	}
	month := bucketed(days, func(day time.Time) bool { return day.Day() == 1 })
	for i, p := range month {
		month[i].label = p.label[5:7] + "-" + p.label[2:4]
	}
	week := bucketed(days, func(day time.Time) bool { return day.Weekday() == time.Monday })
	for i, p := range week {
		day, _ := time.Parse("2006-01-02", p.label)
		year, number := day.ISOWeek()
		week[i].label = fmt.Sprintf("%02d/%02d", number, year%100)
	}
	var songs, albums []point
	for i, track := range c.tracks()[:10] {
		songs = append(songs, point{track.title, total / (i + 3), 7000 + i})
		albums = append(albums, point{track.title + " - Single", total / (i + 3), 5000 + i})
	}
	var page strings.Builder
	page.WriteString("<!DOCTYPE html>\r\n<html><body>\r\n<div id=\"chartData\"></div>\r\n<script>\r\nvar chartData = {")
	for i, chart := range []struct {
		key    string
		points []point
	}{
		{"last365days", days},
		{"byMonth", month},
		{"byWeek", week},
		{"country1year", shares(total, "US", "DE", "GB", "BR", "JP")},
		{"tracks1year", songs},
		{"albums1year", albums},
		{"sources1year", shares(total, "Library", "Search", "Discovery")},
		{"types1year", shares(total, "Playlist", "Single Track", "Album", "Radio")},
		{"devices1year", shares(total, "iPhone", "Mac", "Android Phone", "HomePod")},
		{"listening1year", shares(total, "Complete", "Skipped", "Paused")},
		{"offline1year", shares(total, "Online", "Offline")},
		{"gender1year", shares(total, "Male", "Female", "Unknown")},
		{"age1year", shares(total, "18-24", "25-34", "35-44")},
		{"playlists1year", nil},
	} {
		if i > 0 {
			page.WriteString(",")
		}
		writeAppleChart(&page, chart.key, chart.points)
	}
	page.WriteString("};\r\nvar chartColors = [];\r\n</script>\r\n</body></html>\r\n")
	return page.String()
}

func writeAppleChart(page *strings.Builder, key string, points []point) {
	empty, total := 1, 0
	var list strings.Builder
	for i, p := range points {
		if i > 0 {
			list.WriteString(",")
		}
		fmt.Fprintf(&list, `{"field":%q,"value":%d`, p.label, p.value)
		if p.id != 0 {
			fmt.Fprintf(&list, `,"id":%d`, p.id)
		}
		list.WriteString("}")
		empty, total = 0, total+p.value
	}
	fmt.Fprintf(page, `%q:{"isEmpty":%d,"total":%d,"dataProvider":[%s]}`, key, empty, total, list.String())
}

// shares cuts a total into ever smaller parts, one per label.
func shares(total int, labels ...string) []point {
	points := make([]point, len(labels))
	for i, label := range labels {
		points[i] = point{label: label, value: total / (i + 2)}
	}
	return points
}
