package extract

import (
	"fmt"
	"iter"
	"strings"
	"time"
)

// demoLinktree yields what the analytics page answers each night: the last 7 and the last 90 days, a
// minute apart, and the names of the links.
func demoLinktree(config DemoConfig) iter.Seq[Delivery] {
	c := config.withDefaults()
	return func(yield func(Delivery) bool) {
		for night := 1; night <= DemoNights; night++ {
			at := c.asOf(night)
			for i, answer := range []struct {
				stream string
				make   func(at time.Time) string
			}{
				{"analytics", func(at time.Time) string { return c.linktreeAnswer(at, 7) }},
				{"analytics", func(at time.Time) string { return c.linktreeAnswer(at, 90) }},
				{"link_titles", func(time.Time) string { return c.linktreeTitles(night) }},
			} {
				at := at.Add(time.Duration(i) * time.Minute)
				d := Delivery{
					Night: night, AsOf: at, Account: demoAccount, Stream: answer.stream,
					Name:  fmt.Sprintf("graphql_%s_%06d.json", at.Format("20060102_150405"), 271828*(i+1)%1000000),
					Write: text(func() string { return answer.make(at) }),
				}
				if !yield(d) {
					return
				}
			}
		}
	}
}

// linktreeDay is what a day had gathered until an instant: the current one is not over.
func (c DemoConfig) linktreeDay(day, at time.Time) (views, clicks int) {
	views = c.streamsOn(0, day) / 80
	clicks = views * (30 + int(day.Unix()/86400)%80) / 100
	if day.Equal(midnight(at)) {
		done := at.Sub(day).Minutes() / (24 * 60)
		views, clicks = int(float64(views)*done), int(float64(clicks)*done)
	}
	return views, clicks
}

// linktreeAnswer is the page's answer about the last days.
func (c DemoConfig) linktreeAnswer(at time.Time, window int) string {
	var days []string
	allViews, allClicks := 0, 0
	for i := window - 1; i >= 0; i-- {
		day := midnight(at).AddDate(0, 0, -i)
		views, clicks := c.linktreeDay(day, at)
		allViews, allClicks = allViews+views, allClicks+clicks
		days = append(days, fmt.Sprintf(
			`{"date":"%s","totalViews":%d,"totalClicks":%d,"uniqueViews":%d,"uniqueClicks":%d,"clickThroughRate":%.4f,"__typename":"AccountActivity"}`,
			isoDay(day), views, clicks, views*4/5, clicks*7/10, rate(clicks, views),
		))
	}
	shares := func(key string, names []string) string {
		var list []string
		for i, name := range names {
			views, clicks := allViews/(i+2), allClicks/(i+2)
			list = append(list, fmt.Sprintf(
				`{%s,"views":{"total":%d},"clicks":{"total":%d},"clickThroughRate":%.4f}`,
				fmt.Sprintf(key, name), views, clicks, rate(clicks, views),
			))
		}
		return strings.Join(list, ",")
	}
	var links []string
	for i := range 5 {
		links = append(links, fmt.Sprintf(`{"id":"%d","clicks":{"total":%d}}`, 41000+i, allClicks/(i+2)))
	}
	named := `"name":"%s"`
	return fmt.Sprintf(
		`{"data":{"getAccountAnalytics":{"overview":{"totalViews":%d,"totalClicks":%d,"clickThroughRate":%.4f,"timeToClick":3.1,"clickThroughBenchmark":80.6,"timeseries":[%s]},`+
			`"links":[%s],"referrers":{"referrers":[%s]},"devices":{"devices":[%s]},`+
			`"locations":{"countries":[%s],"cities":[%s]},`+
			`"lifetime":{"views":{"total":%d},"clicks":{"total":%d,"profile":%d,"socials":3},"clickThroughRate":%.4f}}}}`,
		allViews, allClicks, rate(allClicks, allViews), strings.Join(days, ","),
		strings.Join(links, ","), shares(named, []string{"Tiktok", "Instagram", "Direct"}), shares(named, []string{"mobile", "desktop"}),
		shares(`"name":"%[1]s","countryCode":"%[1]s"`, []string{"US", "DE", "GB"}), shares(`"name":"%s","countryCode":"US"`, []string{"Chicago", "Austin"}),
		allViews*9, allClicks*8, allClicks*8-3, rate(allClicks*8, allViews*9),
	)
}

func rate(part, whole int) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}

// linktreeTitles names the links; the last one was switched off after the second night.
func (c DemoConfig) linktreeTitles(night int) string {
	var list []string
	for i := range 5 {
		active := i < 4 || night <= 2
		list = append(list, fmt.Sprintf(`"link%[1]d":{"id":"%[1]d","title":%[2]q,"active":%[3]t,"modifiers":null}`, 41000+i, c.tracks()[i].title, active))
	}
	return `{"data":{` + strings.Join(list, ",") + `}}`
}
