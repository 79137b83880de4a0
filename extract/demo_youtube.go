package extract

import (
	"fmt"
	"iter"
	"strconv"
	"strings"
	"time"

	"bedrot/extract/fake"
)

const demoChannel = "UCzone0a0zone0a0zone0a0z"

// demoYoutube yields a channel's snapshots and last days every night, bulk files of the days they are new
// of, one of them corrected on the last night, and two exports of Studio.
func demoYoutube(config DemoConfig) iter.Seq[Delivery] {
	c := config.withDefaults()
	return func(yield func(Delivery) bool) {
		for night := 1; night <= DemoNights; night++ {
			at := c.asOf(night)
			stamp := at.Format("20060102_150405")
			last := midnight(at).AddDate(0, 0, -3) // the newest day that is processed
			list := []Delivery{
				{Stream: "channels", Name: "channels_" + stamp + ".json", Write: jsonText(func() any { return youtubeChannels(night) })},
				{Stream: "videos", Name: "videos_" + stamp + ".json", Write: jsonText(func() any { return c.youtubeVideos(night) })},
				youtubeReport(at, "all", last.AddDate(0, 0, -9), at.AddDate(0, 0, -1), func() any { return c.youtubeDays(last, night) }),
				youtubeReport(at.Add(time.Minute), "video="+demoYoutubeVideo(0), last.AddDate(0, 0, -9), at.AddDate(0, 0, -1), func() any { return c.youtubeVideoDays(last) }),
				youtubeReport(at.Add(2*time.Minute), "all", last.AddDate(0, 0, -27), last, func() any { return youtubeCountries(night) }),
				youtubeReport(at.Add(3*time.Minute), "all", last.AddDate(0, 0, -27), last, func() any { return youtubeAges() }),
			}
			for back := 1; back >= 0; back-- {
				day := last.AddDate(0, 0, -back)
				list = append(list, c.youtubeBulk(day, at.Add(time.Duration(-back)*time.Hour), 8800+10*night-back, false))
			}
			if night == DemoNights {
				list = append(list, c.youtubeBulk(last.AddDate(0, 0, -1), at.Add(10*time.Minute), 8899, true))
			}
			if night%2 == 0 {
				zip := c.youtubeStudio(last, night)
				name := "Content ZONE A0 lifetime_" + stamp + ".zip"
				if night == DemoNights {
					zip, name = c.youtubeStudioDays(last), "Date ZONE A0 "+stamp+".zip"
				}
				for _, stream := range []string{"studio_table", "studio_chart", "studio_totals"} {
					list = append(list, Delivery{Stream: stream, Name: name, Write: zipped(at, func() map[string]string { return zip }, "Chart data.csv", "Table data.csv", "Totals.csv")})
				}
			}
			for _, d := range list {
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

// demoYoutubeVideo is a video's id; one begins with a dash.
func demoYoutubeVideo(n int) string {
	if n == 2 {
		return "-zone0a0x02"
	}
	return fmt.Sprintf("zone0a0_x%02d", n)
}

func youtubeList(kind string, items ...map[string]any) any {
	return map[string]any{
		"kind": "youtube#" + kind + "ListResponse", "etag": "e0", "items": items,
		"pageInfo": map[string]any{"totalResults": len(items), "resultsPerPage": len(items)},
	}
}

// youtubeChannels hides its subscribers on the third night.
func youtubeChannels(night int) any {
	statistics := map[string]any{"viewCount": fmt.Sprint(502000 + 30000*night), "subscriberCount": fmt.Sprint(4210 + 10*night), "hiddenSubscriberCount": false, "videoCount": "4"}
	if night == 3 {
		delete(statistics, "subscriberCount")
		statistics["hiddenSubscriberCount"] = true
	}
	return youtubeList("channel", map[string]any{
		"kind": "youtube#channel", "etag": "e1", "id": demoChannel, "statistics": statistics,
		"snippet":        map[string]any{"title": "ZONE A0", "publishedAt": "2021-05-01T10:00:00Z"},
		"contentDetails": map[string]any{"relatedPlaylists": map[string]any{"likes": "", "uploads": "UU" + demoChannel[2:]}},
	})
}

// youtubeVideos are three videos; comments are off on the second, the third is live and hides its likes.
func (c DemoConfig) youtubeVideos(night int) any {
	var items []map[string]any
	for n := range 3 {
		statistics := map[string]any{"viewCount": fmt.Sprint((9000+1100*night)*(3-n) + n), "likeCount": fmt.Sprint(300*night + n), "favoriteCount": "0", "commentCount": fmt.Sprint(20*night + n)}
		duration := fmt.Sprintf("PT%dM%dS", 2+n, 12+n)
		if n == 1 {
			delete(statistics, "commentCount")
		}
		if n == 2 {
			delete(statistics, "likeCount")
			duration = "P0D"
		}
		items = append(items, map[string]any{
			"kind": "youtube#video", "etag": fmt.Sprint("e", n), "id": demoYoutubeVideo(n), "statistics": statistics,
			"snippet":        map[string]any{"publishedAt": c.youtubePublished(n).Format(time.RFC3339), "channelId": demoChannel, "title": c.youtubeTitle(n), "categoryId": "10"},
			"contentDetails": map[string]any{"duration": duration, "definition": "hd"},
			"status":         map[string]any{"privacyStatus": "public", "madeForKids": false},
		})
	}
	return youtubeList("video", items...)
}

func (c DemoConfig) youtubePublished(n int) time.Time {
	return c.Start.AddDate(0, -n, 5).Add(15 * time.Hour)
}

func (c DemoConfig) youtubeTitle(n int) string { return c.tracks()[n].title + " (Official Video)" }

// youtubeReport is an answer of the Analytics API; the question stands in its name.
func youtubeReport(at time.Time, filter string, first, last time.Time, answer func() any) Delivery {
	name := fmt.Sprintf("analytics_MINE_%s_%s_%s_%s.json", filter, first.Format("20060102"), last.Format("20060102"), at.Format("20060102_150405"))
	return Delivery{Stream: "analytics", AsOf: at, Name: name, Write: jsonText(answer)}
}

// youtubeTable is a result whose columns are named apart from its rows: dimensions first, then metrics.
func youtubeTable(dimensions, metrics string, rows [][]any) any {
	var heads []map[string]any
	for _, name := range strings.Split(dimensions, ",") {
		heads = append(heads, map[string]any{"name": name, "columnType": "DIMENSION", "dataType": "STRING"})
	}
	for _, name := range strings.Split(metrics, ",") {
		heads = append(heads, map[string]any{"name": name, "columnType": "METRIC", "dataType": "INTEGER"})
	}
	return map[string]any{"kind": "youtubeAnalytics#resultTable", "columnHeaders": heads, "rows": rows}
}

// youtubeViews are a day's; the day first told on a night is corrected a little on the next.
func (c DemoConfig) youtubeViews(day, last time.Time) int {
	views := 700 + c.chance("youtube", int(day.Unix()/86400)).IntN(500)
	if day.Equal(last) {
		views = views * 98 / 100
	}
	return views
}

// youtubeDays are the last ten that are processed; another order of the columns on even nights.
func (c DemoConfig) youtubeDays(last time.Time, night int) any {
	metrics := []string{"views", "engagedViews", "estimatedMinutesWatched", "averageViewDuration", "likes", "comments", "shares", "subscribersGained", "subscribersLost"}
	rows := [][]any{}
	for day := last.AddDate(0, 0, -9); !day.After(last); day = day.AddDate(0, 0, 1) {
		views := c.youtubeViews(day, last)
		rows = append(rows, []any{isoDay(day), views, views * 4 / 5, views * 2 / 3, 40, views / 30, views/200 - 1, views / 90, views / 250, views / 700})
	}
	if night%2 == 0 {
		metrics[0], metrics[1] = metrics[1], metrics[0]
		for _, row := range rows {
			row[1], row[2] = row[2], row[1]
		}
	}
	return youtubeTable("day", strings.Join(metrics, ","), rows)
}

func (c DemoConfig) youtubeVideoDays(last time.Time) any {
	rows := [][]any{}
	for day := last.AddDate(0, 0, -9); !day.After(last); day = day.AddDate(0, 0, 1) {
		views := c.youtubeViews(day, last) / 2
		rows = append(rows, []any{isoDay(day), views, views * 4 / 5})
	}
	return youtubeTable("day", "views,engagedViews", rows)
}

func youtubeCountries(night int) any {
	return youtubeTable("country", "views,engagedViews", [][]any{{"US", 9000 + 100*night, 7000}, {"DE", 4000 + 50*night, 3000}, {"BR", 800, 600}})
}

func youtubeAges() any {
	return youtubeTable("ageGroup,gender", "viewerPercentage", [][]any{{"age18-24", "female", 21.5}, {"age18-24", "male", 30.5}, {"age25-34", "female", 17.0}, {"age25-34", "male", 31.0}})
}

// youtubeBulk is the bulk file of a day; a corrected one has a few views more.
func (c DemoConfig) youtubeBulk(day, created time.Time, id int, corrected bool) Delivery {
	name := fmt.Sprintf("channel_basic_a3_r%d_%s.csv", id, created.Format("20060102_150405"))
	return Delivery{Stream: "channel_basic", AsOf: created, Name: name, Write: text(func() string {
		var file strings.Builder
		file.WriteString("date,channel_id,video_id,live_or_on_demand,subscribed_status,country_code,views,comments,likes,dislikes,shares,watch_time_minutes,average_view_duration_seconds,average_view_duration_percentage,subscribers_gained,subscribers_lost,red_views,red_watch_time_minutes,engaged_views\n")
		views := c.youtubeViews(day, time.Time{})
		if corrected {
			views += 3
		}
		line := func(video, status, country string, views, gained, lost int) {
			fmt.Fprintf(&file, "%s,%s,%s,ON_DEMAND,%s,%s,%d,%d,%d,0,%d,%.1f,40.0,42.1,%d,%d,%d,%.1f,%d\n",
				day.Format("20060102"), demoChannel, video, status, country, views, views/200, views/30, views/90, float64(views)*2/3, gained, lost, views/40, float64(views)/60, views*4/5)
		}
		line(demoYoutubeVideo(0), "NOT_SUBSCRIBED", "US", views/2, 2, 0)
		line(demoYoutubeVideo(1), "SUBSCRIBED", "DE", views/3, 0, 0)
		line(demoYoutubeVideo(2), "NOT_SUBSCRIBED", "BR", views-views/2-views/3, 0, 0)
		line("", "SUBSCRIBED", "", 0, 1, 1)
		return file.String()
	})}
}

// youtubeStudio is an export of videos over their lifetime: a total that leads, a video without data, and
// a list that was cut off.
func (c DemoConfig) youtubeStudio(last time.Time, night int) map[string]string {
	const heads = "Content,Video title,Video publish time,Duration,"
	var table, chart, totals strings.Builder
	table.WriteString(heads + "Engaged views,Subscribers,Thumbnail impressions,Likes,Views,Watch time (hours),Average view duration,Estimated revenue (USD)\n")
	chart.WriteString("Date," + heads + "Views\n")
	totals.WriteString("Date,Views\n")
	var lines strings.Builder
	all := 0
	for n := range 4 {
		id, title := demoYoutubeVideo(n), c.youtubeTitle(n)
		if strings.HasPrefix(id, "-") {
			id = " " + id
		}
		about := fmt.Sprintf("%s,%s,\"%s\",%d", id, title, c.youtubePublished(n).Format("Jan 2, 2006"), 132+61*n)
		if n == 3 {
			lines.WriteString(about + ",,,,,,,,\n")
			continue
		}
		views := (8900 + 1100*night) * (3 - n)
		all += views
		fmt.Fprintf(&lines, "%s,%d,%d,%d,%d,%d,%.4f,0:00:%02d,%.3f\n", about, views*4/5, 10-6*n, views*3, views/30, views, float64(views)/90, 40-n, float64(views)/1000)
		for back := 3; back >= 0; back-- {
			day := last.AddDate(0, 0, -back)
			value := strconv.Itoa(c.youtubeViews(day, last) / (n + 2))
			if n == 2 && back == 0 {
				value = ""
			}
			fmt.Fprintf(&chart, "%s,%s,%s\n", isoDay(day), about, value)
		}
	}
	all += all / 70 // what the lines do not show
	fmt.Fprintf(&table, "Total,,,,%d,12,%d,%d,%d,%.4f,0:00:39,%.3f\n", all*4/5, all*3, all/30, all, float64(all)/90, float64(all)/1000)
	table.WriteString(lines.String() + "Showing top 500 results,,,,,,,,,,,\n")
	for back := 20; back >= 0; back-- {
		day := last.AddDate(0, 0, -back)
		fmt.Fprintf(&totals, "%s,%d\n", isoDay(day), c.youtubeViews(day, last))
	}
	return map[string]string{"Table data.csv": table.String(), "Chart data.csv": chart.String(), "Totals.csv": totals.String()}
}

// youtubeStudioDays is an export of the tab Date: days from before the API was asked.
func (c DemoConfig) youtubeStudioDays(last time.Time) map[string]string {
	var table, chart strings.Builder
	all := 0
	var lines strings.Builder
	chart.WriteString("Date,Engaged views\n")
	for back := 40; back >= 0; back-- {
		day := last.AddDate(0, 0, -back)
		views := c.youtubeViews(day, last)
		all += views
		fmt.Fprintf(&lines, "%s,%d,%d,%.4f,%d\n", isoDay(day), views, views*4/5, float64(views)/90, views/30)
		fmt.Fprintf(&chart, "%s,%d\n", isoDay(day), views*4/5)
	}
	fmt.Fprintf(&table, "Date,Views,Engaged views,Watch time (hours),Likes\nTotal,%d,%d,%.4f,%d\n", all, all*4/5, float64(all)/90, all/30)
	table.WriteString(lines.String())
	return map[string]string{"Table data.csv": table.String(), "Chart data.csv": chart.String(), "Totals.csv": chart.String()}
}

// demoYoutubeChannel is the id of an artist's channel.
func demoYoutubeChannel(artist int) string {
	if artist == 0 {
		return demoChannel
	}
	handle := strings.ToLower(strings.ReplaceAll(demoArtists()[artist].name, " ", ""))
	return "UC" + strings.Repeat(handle, 22)[:22]
}

// DemoYoutube is what a fake of YouTube knows of the demo's channels, one for each artist. The first one's
// videos are those that the demo's files tell of.
func DemoYoutube(config DemoConfig, now func() time.Time) fake.YoutubeConfig {
	c := config.withDefaults()
	known := fake.YoutubeConfig{Seed: c.Seed, Now: now}
	for artist := range demoArtists() {
		channel := fake.YoutubeChannel{ID: demoYoutubeChannel(artist), Title: demoArtists()[artist].name, Partner: artist == 0}
		for n, track := range c.tracks() {
			id, published := demoYoutubeVideo(n), c.youtubePublished(n)
			if artist > 0 {
				id, published = strings.ToLower(channel.ID[2:9])+fmt.Sprintf("_x%02d", n), track.released.Add(15*time.Hour)
			}
			if len(channel.Videos) == 3 || artist > 0 && track.artist != artist {
				continue
			}
			first := artist == 0
			channel.Videos = append(channel.Videos, fake.YoutubeVideo{
				ID: id, Title: c.youtubeTitle(n), Published: published, Daily: int(demoArtists()[artist].daily) / (8 + 4*n), DurationMinutes: 2 + n, DurationPlusSecond: 12 + n,
				NoComments: first && n == 1, Live: first && n == 2, NoLikes: first && n == 2, Short: !first && n > 3,
			})
		}
		known.Channels = append(known.Channels, channel)
	}
	return known
}
