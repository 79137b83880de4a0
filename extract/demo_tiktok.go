package extract

import (
	"archive/zip"
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"strings"
	"time"
)

// demoTiktok yields a profile's downloads of the last thirty days every night, and a night's ads. The
// language of the interface changes on one night, as people do.
func demoTiktok(config DemoConfig) iter.Seq[Delivery] {
	c := config.withDefaults()
	const handle = "zone.a0"
	return func(yield func(Delivery) bool) {
		for night := 1; night <= DemoNights; night++ {
			at := c.asOf(night)
			last := midnight(at).AddDate(0, 0, -1)
			first := last.AddDate(0, 0, -29)
			captured := last.Add(20 * time.Hour)
			say := func(day time.Time) string { return day.Format("January 2") }
			if night == 3 {
				say = spanish
			}
			followers := "Followers_" + handle + ".zip"
			for _, d := range []Delivery{
				{Stream: "overview", AsOf: captured, Name: fmt.Sprintf("Overview_%s_%d_%s.zip", isoDay(first), captured.Unix(), handle), Write: c.studioZip(at, "Overview.csv", func() [][]string { return c.tiktokOverview(first, last, say) })},
				{Stream: "viewers", Name: "Viewers_" + handle + ".zip", Write: c.studioZip(at, "Viewers.csv", func() [][]string { return c.tiktokViewers(first, last, say) })},
				{Stream: "follower_history", Name: followers, Write: c.tiktokFollowers(at, first, last, say)},
				{Stream: "follower_activity", Name: followers, Write: c.tiktokFollowers(at, first, last, say)},
				{Stream: "follower_gender", Name: followers, Write: c.tiktokFollowers(at, first, last, say)},
				{Stream: "follower_territories", Name: followers, Write: c.tiktokFollowers(at, first, last, say)},
				{Stream: "content", Name: "Content_" + handle + ".zip", Write: c.studioZip(at, "Content.csv", func() [][]string { return c.tiktokContent(last, night, say) })},
				{Stream: "suite_overview", Name: "Overview.csv", Write: text(func() string { return c.tiktokSuite(first) })},
				{Stream: "videos", Name: "videos_" + at.Format("20060102_150405") + ".json", Write: jsonText(func() any { return c.tiktokVideos(last, night) })},
				{Stream: "ads_report", Name: "ads_report_" + at.Format("20060102_150405") + ".json", Write: jsonText(func() any { return c.tiktokAds(last, night) })},
			} {
				if d.Stream == "suite_overview" && night > 1 {
					continue
				}
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

func spanish(day time.Time) string {
	months := []string{"enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"}
	return fmt.Sprintf("%d de %s", day.Day(), months[day.Month()-1])
}

// jsonText is a delivery's Write for an answer.
func jsonText(make func() any) func(io.Writer) error {
	return func(w io.Writer) error {
		encoder := json.NewEncoder(w)
		encoder.SetEscapeHTML(false)
		return encoder.Encode(make())
	}
}

// studioCSV is a table as Studio writes it: a mark before it, every field quoted, no last line end.
func studioCSV(rows [][]string) string {
	lines := make([]string, len(rows))
	for i, row := range rows {
		lines[i] = `"` + strings.Join(row, `","`) + `"`
	}
	return byteOrderMark + strings.Join(lines, "\n")
}

func (c DemoConfig) studioZip(at time.Time, name string, rows func() [][]string) func(io.Writer) error {
	return zipped(at, func() map[string]string { return map[string]string{name: studioCSV(rows())} }, name)
}

// zipped is an archive of files in some order, stored as they are; its entries say when it was made.
func zipped(at time.Time, files func() map[string]string, order ...string) func(io.Writer) error {
	return func(w io.Writer) error {
		archive := zip.NewWriter(w)
		texts := files()
		for _, name := range order {
			entry, err := archive.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store, Modified: at})
			if err != nil {
				return err
			}
			if _, err := io.WriteString(entry, texts[name]); err != nil {
				return err
			}
		}
		return archive.Close()
	}
}

// tiktokViews are a day's; seen on the day itself they are not complete.
func (c DemoConfig) tiktokViews(day, last time.Time) int {
	views := 6000 + c.chance("tiktok", int(day.Unix()/86400)).IntN(9000)
	if day.Equal(last) {
		views = views * 6 / 10
	}
	return views
}

func (c DemoConfig) tiktokOverview(first, last time.Time, say func(time.Time) string) [][]string {
	rows := [][]string{{"Date", "Video Views", "Profile Views", "Likes", "Comments", "Shares"}}
	for day := first; !day.After(last); day = day.AddDate(0, 0, 1) {
		views := c.tiktokViews(day, last)
		comments := views / 300
		if day.Day() == 13 {
			comments = -1
		}
		rows = append(rows, []string{say(day), fmt.Sprint(views), fmt.Sprint(views / 100), fmt.Sprint(views / 8), fmt.Sprint(comments), fmt.Sprint(views / 400)})
	}
	return rows
}

func (c DemoConfig) tiktokViewers(first, last time.Time, say func(time.Time) string) [][]string {
	rows := [][]string{{"Date", "Total Viewers", "New Viewers", "Returning Viewers"}}
	for day := first; !day.After(last); day = day.AddDate(0, 0, 1) {
		row := []string{say(day), "undefined", "0", "0"}
		if day.After(first.AddDate(0, 0, 3)) {
			viewers := c.tiktokViews(day, last) * 3 / 4
			row = []string{say(day), fmt.Sprint(viewers), fmt.Sprint(viewers / 3), fmt.Sprint(viewers - viewers/3)}
		}
		rows = append(rows, row)
	}
	return rows
}

func (c DemoConfig) tiktokFollowers(at, first, last time.Time, say func(time.Time) string) func(io.Writer) error {
	return zipped(at, func() map[string]string {
		history := [][]string{{"Date", "Followers", "Difference in followers from previous day"}}
		activity := [][]string{{"Date", "Hour", "Active followers"}}
		for day := first; !day.After(last); day = day.AddDate(0, 0, 1) {
			followers := 1200 + int(day.Sub(c.Start).Hours()/24)*2 - day.Day()%5
			history = append(history, []string{say(day), fmt.Sprint(followers), "0"})
			if day.After(last.AddDate(0, 0, -7)) {
				for hour := range 24 {
					activity = append(activity, []string{say(day), fmt.Sprint(hour), fmt.Sprint(100 + 10*hour)})
				}
			}
		}
		return map[string]string{
			"FollowerHistory.csv": studioCSV(history), "FollowerActivity.csv": studioCSV(activity),
			"FollowerGender.csv":         studioCSV([][]string{{"Gender", "Distribution"}, {"Female", "0.41"}, {"Male", "0.57"}, {"Other", "0.02"}}),
			"FollowerTopTerritories.csv": studioCSV([][]string{{"Top territories", "Distribution"}, {"US", "0.462"}, {"DE", "0.1"}, {"Others", "0.438"}}),
		}
	}, "FollowerHistory.csv", "FollowerActivity.csv", "FollowerGender.csv", "FollowerTopTerritories.csv")
}

// demoVideo is a video's id: its first 32 bits are the second of its upload.
func (c DemoConfig) demoVideo(n int) (id string, posted time.Time) {
	posted = c.Start.AddDate(0, n, 3).Add(18 * time.Hour)
	if n >= 4 { // every 17 days: all weekdays, mornings and evenings in turn
		posted = c.Start.AddDate(0, 0, 17*n).Add(time.Duration(9+n%2*9) * time.Hour)
	}
	return fmt.Sprint(posted.Unix()<<32 + int64(n)), posted
}

func (c DemoConfig) tiktokContent(last time.Time, night int, say func(time.Time) string) [][]string {
	rows := [][]string{{"Time", "Video title", "Video link", "Post time", "Total likes", "Total comments", "Total shares", "Total views"}}
	for n := range 4 {
		if n == night-1 {
			continue // each list lacks another video
		}
		id, posted := c.demoVideo(n)
		rows = append(rows, []string{
			say(last), "clip " + fmt.Sprint(n), "https://www.tiktok.com/@zone.a0/video/" + id, say(posted),
			fmt.Sprint(100 * night), fmt.Sprint(n), fmt.Sprint(night), fmt.Sprintf("%d,%03d", night, 100+n),
		})
	}
	return rows
}

// tiktokSuite are some days before the window, in the older form.
func (c DemoConfig) tiktokSuite(first time.Time) string {
	var file strings.Builder
	file.WriteString("Date,Video views,Reached audience,Profile views,Likes,Shares,Comments,Phone number clicks ,Leads submission,Net growth,New followers,Lost followers\n")
	for day := first.AddDate(0, 0, -10); day.Before(first); day = day.AddDate(0, 0, 1) {
		views := c.tiktokViews(day, first)
		fmt.Fprintf(&file, "%s,%d,NAN,%d,%d,%d,%d,NAN,--,--,--,--\n", day.Format("2006/01/02"), views, views/100, views/8, views/400, views/300)
	}
	return file.String()
}

// tiktokVideos is the API's list: few old videos, and those of a year. Evenings are watched three times as
// often as mornings, and one video has gone viral. Two are called the same, written in two ways.
func (c DemoConfig) tiktokVideos(last time.Time, night int) any {
	titles := map[int]string{8: "Night Shift live", 9: "NIGHT SHIFT  LIVE"}
	var videos []map[string]any
	for n := range 32 {
		id, posted := c.demoVideo(n)
		views, likes := 1000*night+n, 100*night
		switch age := int(last.Sub(posted).Hours() / 24); {
		case n == 3 || age < 1:
			continue // known to Studio only, or not posted yet
		case n > 3:
			views = (700 + 13*n) * (1 + 2*(n%2)) * age / (age + 9)
			if n == demoViral {
				views *= int(c.Effects().ViralTimes)
			}
			likes = views / 11
		}
		videos = append(videos, map[string]any{
			"id": id, "create_time": posted.Unix(), "title": cmp.Or(titles[n], fmt.Sprint("clip ", n)), "share_url": "https://www.tiktok.com/@zone.a0/video/" + id,
			"duration": 12 + n%3*14, "view_count": views, "like_count": likes, "comment_count": n, "share_count": night,
		})
	}
	return map[string]any{
		"data":  map[string]any{"videos": videos, "cursor": 0, "has_more": false},
		"error": map[string]any{"code": "ok", "message": "", "log_id": "0"},
	}
}

// tiktokAds are two ads of a week, day by day; the newest conversions are seen later.
func (c DemoConfig) tiktokAds(last time.Time, night int) any {
	list := []map[string]any{}
	for back := 6; back >= 0; back-- {
		day := last.AddDate(0, 0, -back)
		for ad := range 2 {
			n := 2000 + c.chance("tiktok ads", int(day.Unix()/86400)*2+ad).IntN(900)
			list = append(list, map[string]any{
				"dimensions": map[string]any{"ad_id": fmt.Sprint(1779923894511660 + ad), "stat_time_day": isoDay(day) + " 00:00:00"},
				"metrics": map[string]any{
					"campaign_id": "1779923887578145", "campaign_name": "ZONE A0 - GLASS HARBOR", "adgroup_id": "1779923881029666", "currency": "USD",
					"spend": fmt.Sprintf("%d.%02d", 4+ad, n%100), "impressions": fmt.Sprint(n), "clicks": n / 80, "reach": fmt.Sprint(n * 4 / 5),
					"conversion": fmt.Sprint(night), "video_play_actions": fmt.Sprint(n / 2), "secondary_goal_result": "-",
				},
			})
		}
	}
	return map[string]any{
		"code": 0, "message": "OK", "request_id": "0",
		"data": map[string]any{"list": list, "page_info": map[string]any{"page": 1, "page_size": 1000, "total_number": len(list), "total_page": 1}},
	}
}

// studioExport is what Studio gives of a tab: the days asked for, up to yesterday.
func (c DemoConfig) studioExport(now time.Time, night int, tab, person string, days int) (string, []byte) {
	last := midnight(now).AddDate(0, 0, -1)
	first := last.AddDate(0, 0, 1-days)
	captured := last.Add(20 * time.Hour)
	say := func(day time.Time) string { return day.Format("January 2") }
	name := map[string]string{"overview": "Overview", "viewers": "Viewers", "content": "Content", "followers": "Followers"}[tab]
	write := c.tiktokFollowers(now, first, last, say)
	switch tab {
	case "overview":
		write = c.studioZip(now, "Overview.csv", func() [][]string { return c.tiktokOverview(first, last, say) })
	case "viewers":
		write = c.studioZip(now, "Viewers.csv", func() [][]string { return c.tiktokViewers(first, last, say) })
	case "content":
		write = c.studioZip(now, "Content.csv", func() [][]string { return c.tiktokContent(last, night, say) })
	}
	var file bytes.Buffer
	if err := write(&file); err != nil {
		return name + ".zip", nil
	}
	if tab == "overview" {
		return fmt.Sprintf("%s_%s_%d_%s.zip", name, isoDay(first), captured.Unix(), person), file.Bytes()
	}
	return name + "_" + person + ".zip", file.Bytes()
}
