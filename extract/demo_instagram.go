package extract

import (
	"encoding/binary"
	"fmt"
	"io"
	"iter"
	"strings"
	"time"
	"unicode/utf16"
)

const demoProfile = "17841405309211844"

// demoInstagram yields what the API answers each night, and Business Suite's downloads now and then: an
// old history first, a file saved again by a spreadsheet later.
func demoInstagram(config DemoConfig) iter.Seq[Delivery] {
	c := config.withDefaults()
	return func(yield func(Delivery) bool) {
		for night := 1; night <= DemoNights; night++ {
			list := c.instagramAnswers(night)
			if night%2 == 1 {
				list = append(list, c.instagramSuite(night)...)
			}
			for i, d := range list {
				d.Night, d.Account, d.AsOf = night, demoAccount, c.asOf(night).Add(time.Duration(i)*time.Minute)
				d.Name = strings.ReplaceAll(d.Name, "ASOF", d.AsOf.Format("20060102_150405"))
				if !yield(d) {
					return
				}
			}
		}
	}
}

// instagramAnswers are a night's answers of the Graph API; ASOF in their names is when they came.
func (c DemoConfig) instagramAnswers(night int) []Delivery {
	today := midnight(c.asOf(night))
	answer := func(stream, name string, make func() any) Delivery {
		return Delivery{Stream: stream, Name: name, Write: jsonText(make)}
	}
	list := []Delivery{
		answer("profile", "profile_ASOF.json", func() any {
			return map[string]any{
				"id": demoProfile, "username": "zone.a0", "name": "ZONE A0", "followers_count": 1200 + 7*night, "follows_count": 88, "media_count": 3,
				"profile_picture_url": "https://cdn.example/p.jpg?_nc_rid=" + fmt.Sprint(night),
			}
		}),
		answer("media", "media_ASOF.json", func() any { return c.instagramMedia(night) }),
		answer("account_insights", "insights_reach_ASOF.json", func() any { return c.instagramReach(today) }),
		answer("demographics", "follower_demographics_country_ASOF.json", func() any {
			return instagramDemographics("follower_demographics", "country", map[string]int{"DE": 300, "US": 500 + night})
		}),
		answer("demographics", "engaged_audience_demographics_age_ASOF.json", func() any {
			return instagramDemographics("engaged_audience_demographics", "age", map[string]int{"18-24": 90, "25-34": 60 + night})
		}),
	}
	for n := range 3 {
		if n == 2 && night == 1 {
			continue // nothing is known yet of the newest post
		}
		list = append(list, answer("media_insights", "media_insights_"+demoMedia(n)+"_ASOF.json", func() any { return c.instagramGathered(n, night) }))
	}
	for back := 3; back >= 1; back-- {
		day := today.AddDate(0, 0, -back)
		for _, metric := range []string{"views", "likes"} {
			if metric == "likes" && back == 1 {
				continue // they come late
			}
			name := "insights_" + metric + "_" + day.Format("20060102") + "_ASOF.json"
			list = append(list, answer("account_insights", name, func() any { return c.instagramTotal(metric, day, back) }))
		}
	}
	return list
}

// demoMedia is a post's id, which has more digits than a double.
func demoMedia(n int) string { return fmt.Sprint(17932174733377201 + n) }

// instagramMedia are three posts; the addresses of their pictures change every night, and the likes of
// the last are hidden.
func (c DemoConfig) instagramMedia(night int) any {
	var posts []map[string]any
	for n := range 3 {
		post := map[string]any{
			"id": demoMedia(n), "caption": "clip " + fmt.Sprint(n) + "\nout \"now\"", "media_type": "VIDEO", "media_product_type": "REELS",
			"permalink": instagramAddress(n), "timestamp": c.instagramPosted(n).Format("2006-01-02T15:04:05-0700"),
			"like_count": 40*night + n, "comments_count": night, "media_url": "https://cdn.example/v.mp4?_nc_rid=" + fmt.Sprint(night),
		}
		if n == 2 {
			delete(post, "like_count")
		}
		posts = append(posts, post)
	}
	return paged(posts...)
}

func instagramAddress(n int) string {
	return "https://www.instagram.com/reel/DDemo0" + fmt.Sprint(n) + "/"
}

func (c DemoConfig) instagramPosted(n int) time.Time {
	return c.Start.AddDate(0, n, 3).Add(18 * time.Hour)
}

func instagramMetric(name, owner, period string, members map[string]any) map[string]any {
	members["name"], members["period"], members["title"], members["description"] = name, period, name, name
	members["id"] = owner + "/insights/" + name + "/" + period
	return members
}

// instagramGathered is a post's answer.
func (c DemoConfig) instagramGathered(n, night int) any {
	var metrics []map[string]any
	for i, name := range []string{"views", "reach", "likes", "comments", "shares", "saved", "ig_reels_video_view_total_time"} {
		value := []int{1000, 800, 40, 1, 5, 9, 7_200_000}[i]*night + n
		metrics = append(metrics, instagramMetric(name, demoMedia(n), "lifetime", map[string]any{"values": []any{map[string]any{"value": value}}}))
	}
	return map[string]any{"data": metrics}
}

// instagramViews are a day's; two days after it they are complete.
func (c DemoConfig) instagramViews(day time.Time, back int) int {
	views := 900 + c.chance("instagram", int(day.Unix()/86400)).IntN(700)
	if back < 3 {
		views = views * (6 + back) / 10
	}
	return views
}

// instagramReach is the series of a week; each day is marked with its end, midnight on the Pacific.
func (c DemoConfig) instagramReach(today time.Time) any {
	var values []any
	for back := 7; back >= 1; back-- {
		day := today.AddDate(0, 0, -back)
		end := day.AddDate(0, 0, 1).Add(8 * time.Hour)
		values = append(values, map[string]any{"value": c.instagramViews(day, back) * 3 / 4, "end_time": end.Format("2006-01-02T15:04:05-0700")})
	}
	return paged(instagramMetric("reach", demoProfile, "day", map[string]any{"values": values}))
}

// instagramTotal is a day asked for alone: views with a breakdown, whose parts are the total again.
func (c DemoConfig) instagramTotal(metric string, day time.Time, back int) any {
	views := c.instagramViews(day, back)
	total := map[string]any{"value": views}
	if metric == "likes" {
		total["value"] = views / 9
	} else {
		total["breakdowns"] = []any{map[string]any{"dimension_keys": []string{"media_product_type"}, "results": []any{
			map[string]any{"dimension_values": []string{"REEL"}, "value": views - views/5},
			map[string]any{"dimension_values": []string{"POST"}, "value": views / 5},
		}}}
	}
	return paged(instagramMetric(metric, demoProfile, "day", map[string]any{"total_value": total}))
}

func instagramDemographics(metric, dimension string, counts map[string]int) any {
	var results []any
	for _, value := range []string{"18-24", "25-34", "DE", "US"} {
		if count, ok := counts[value]; ok {
			results = append(results, map[string]any{"dimension_values": []string{"THIS_MONTH", value}, "value": count})
		}
	}
	breakdown := map[string]any{"dimension_keys": []string{"timeframe", dimension}, "results": results}
	return paged(instagramMetric(metric, demoProfile, "lifetime", map[string]any{"total_value": map[string]any{"breakdowns": []any{breakdown}}}))
}

// instagramSuite are downloads of Business Suite: forty days of three metrics, the posts, the audience.
func (c DemoConfig) instagramSuite(night int) []Delivery {
	today := midnight(c.asOf(night))
	first := today.AddDate(0, 0, -40)
	var list []Delivery
	for i, file := range []struct{ name, title string }{{"Views.csv", "Views"}, {"Follows.csv", "Instagram follows"}, {"Link clicks.csv", "Instagram link clicks"}} {
		write := windows(func() string { return c.instagramDays(file.title, first, today, i) })
		if night == 3 && i == 2 { // saved again by a spreadsheet
			write = text(func() string {
				return strings.NewReplacer("sep=,", "sep=;", `"`, "", ",", ";").Replace(c.instagramDays(file.title, first, today, i))
			})
		}
		list = append(list, Delivery{Stream: "suite_daily", Name: file.name, Write: write})
	}
	window := first.Format("Jan-02-2006") + "_" + today.Format("Jan-02-2006") + "_" + fmt.Sprint(1234567890+night) + ".csv"
	return append(list,
		Delivery{Stream: "suite_content", Name: window, Write: text(func() string { return c.instagramPosts(night) })},
		Delivery{Stream: "suite_audience", Name: "Audience.csv", Write: windows(func() string {
			return fmt.Sprintf("sep=,\n\"Age & gender\"\n\"Age\",\"Women\",\"Men\"\n\"18-24\",\"1%d.2%%\",\"21.4%%\"\n\"25-34\",\"20.1%%\",\"30%%\"\n\n"+
				"\"Top cities\"\n\"Top cities\",\"Value\"\n\"Berlin, Germany\",\"4.2%%\"\n\"Chicago, IL\",\"3.%d%%\"\n\n\"Top countries\"\n\"Top countries\",\"Value\"\n\"United States\",\"41.5%%\"\n\n", night, night)
		})},
	)
}

// windows is a file in UTF-16 with a mark before it.
func windows(make func() string) func(io.Writer) error {
	return func(w io.Writer) error {
		return binary.Write(w, binary.LittleEndian, append([]uint16{0xfeff}, utf16.Encode([]rune(make()))...))
	}
}

// instagramDays is one metric by day. While the clocks are forward a day begins an hour late.
func (c DemoConfig) instagramDays(title string, first, today time.Time, kind int) string {
	var file strings.Builder
	fmt.Fprintf(&file, "sep=,\n\"%s\"\n\"Date\",\"Primary\"\n", title)
	for day := first; day.Before(today); day = day.AddDate(0, 0, 1) {
		hour := 0
		if day.Month() >= time.April && day.Month() <= time.October {
			hour = 1
		}
		value := c.instagramViews(day, int(today.Sub(day).Hours()/24)) / []int{1, 300, 150}[kind]
		fmt.Fprintf(&file, "\"%sT%02d:00:00\",\"%d\"\n", isoDay(day), hour, value)
	}
	return file.String() + "\n"
}

// instagramPosts is a content export: two posts of the profile and one that a friend began.
func (c DemoConfig) instagramPosts(night int) string {
	var file strings.Builder
	file.WriteString(byteOrderMark + `"Post ID","Account ID","Account username","Account name",Description,"Duration (sec)","Publish time",Permalink,"Post type","Data comment",Date,Views,Reach,Likes,Shares,Follows,Comments,Saves` + "\n")
	for n := 1; n < 4; n++ {
		account := demoProfile + `","zone.a0","ZONE A0"`
		if n == 3 {
			account = `17841400000000009","friend","A Friend"`
		}
		fmt.Fprintf(&file, `"%s","%s,"clip %d`+"\n"+`out ""now""",12,"%s",%s,"IG reel",,Lifetime,%d,%d,%d,%d,,%d,%d`+"\n",
			demoMedia(n), account, n, c.instagramPosted(n).Format("01/02/2006 15:04"), instagramAddress(n), 1000*night, 800*night, 40*night, 5*night, night, 9*night)
	}
	return file.String()
}
