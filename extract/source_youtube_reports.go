package extract

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"bedrot/extract/api"
	"bedrot/zones"
)

// youtubeQuestion is a question to the Analytics API. A later answer replaces the days it has with all of
// their numbers, so a report's metrics are always the same.
type youtubeQuestion struct {
	name       string // in the file's name
	dimensions string
	metrics    string
	sort       string
	most       int
	// currency is what money is asked for in; empty where none is.
	currency string
	// window is how many days a picture is of, up to the last one that is processed; 0 where the report has
	// days, and is of those asked for.
	window int
}

const (
	youtubeDayMetrics  = "views,engagedViews,estimatedMinutesWatched,averageViewDuration,averageViewPercentage,likes,comments,shares,subscribersGained,subscribersLost"
	youtubePartMetrics = "views,engagedViews,estimatedMinutesWatched"
	youtubeMoney       = "estimatedRevenue,estimatedAdRevenue,estimatedRedPartnerRevenue,grossRevenue,monetizedPlaybacks,adImpressions"
	// youtubeLag is how many days behind the pictures are, so that their days are all processed.
	youtubeLag = 3
	// youtubeNewest is of how many of the newest videos days are asked for.
	youtubeNewest = 10
)

// youtubeDays is the report that must come; the parts may be refused, and are told of then.
var youtubeDays = youtubeQuestion{name: "day", dimensions: "day", metrics: youtubeDayMetrics, sort: "day"}

// youtubeParts are what the channel consists of: by day, and as pictures of four weeks.
func youtubeParts() []youtubeQuestion {
	return []youtubeQuestion{
		{name: "source", dimensions: "day,insightTrafficSourceType", metrics: youtubePartMetrics, sort: "day"},
		{name: "format", dimensions: "day,creatorContentType", metrics: youtubePartMetrics, sort: "day"},
		{name: "country", dimensions: "country", metrics: youtubePartMetrics, sort: "-views", window: 28},
		{name: "viewer", dimensions: "ageGroup,gender", metrics: "viewerPercentage", window: 28},
		{name: "video", dimensions: "video", metrics: youtubePartMetrics, sort: "-views", most: 200, window: 28},
	}
}

// analytics lands the days asked for, of the channel, its parts and its newest videos; and, where the
// newest days are among them, the pictures.
func (c *youtubeClient) analytics(ctx context.Context, ask Ask, drop *Drop) error {
	last := ask.Until
	if yesterday := pacific(c.s.Now()).AddDate(0, 0, -1); last.After(yesterday) {
		last = yesterday
	}
	if last.Before(ask.Since) {
		return nil // a day that has not ended in California
	}
	videos, err := c.newestUpTo(ctx, isoDay(last), youtubeNewest)
	if err != nil {
		// Reports have a quota of their own: they come without the Data API's help, too.
		fault, ok := api.As(err)
		if !ok || fault.Kind != api.Throttled && fault.Kind != api.Forbidden && (fault.Kind != api.Transient || !c.http.Answered()) {
			return err
		}
		drop.Warn(faultCodes[fault.Kind], "days by video are left out, since the channel's videos are not known: %s", fault.Error())
	}
	drop.From(c.base("YOUTUBE_ANALYTICS_URL") + "/v2/reports")
	if err := c.report(ctx, drop, youtubeDays, "", ask.Since, last); err != nil {
		return err
	}
	parts := youtubeParts()
	if currency := c.s.Setting("YOUTUBE_CURRENCY"); currency != "" && !c.noMoney {
		if !youtubeCurrency.MatchString(currency) {
			return &zones.Error{Code: "config", What: "YOUTUBE_CURRENCY is no currency", Next: "set it to three capital letters, such as USD"}
		}
		// Days are cut off where one of the metrics is not known yet, so money is asked for apart.
		parts = append(parts, youtubeQuestion{name: "money_" + currency, dimensions: "day", metrics: youtubeMoney, sort: "day", currency: currency})
	}
	for _, part := range parts {
		first, until := ask.Since, last
		if part.window > 0 {
			if ask.Until.Before(midnight(c.s.Now().UTC())) {
				continue // days of long ago: a picture would be of another time than its name says
			}
			until = pacific(c.s.Now()).AddDate(0, 0, -youtubeLag)
			first = until.AddDate(0, 0, 1-part.window)
		}
		if err := c.optional(drop, part, c.report(ctx, drop, part, "", first, until)); err != nil {
			return err
		}
	}
	for _, id := range videos {
		if err := c.optional(drop, youtubeDays, c.report(ctx, drop, youtubeDays, id, ask.Since, last)); err != nil {
			return err
		}
	}
	return nil
}

// optional lets a report be refused that others do not hang on.
func (c *youtubeClient) optional(drop *Drop, r youtubeQuestion, err error) error {
	fault, ok := api.As(err)
	switch {
	case ok && (fault.Kind == api.Invalid || fault.Kind == api.Gone):
		drop.Warn(faultCodes[fault.Kind], "the report %s is refused, and left out: %s", r.name, fault.Error())
	case ok && fault.Kind == api.Forbidden && r.currency != "":
		c.noMoney = true
		drop.Warn("no_permission", "money is left out: the channel is not in the Partner Program, or the login was made before YOUTUBE_CURRENCY was set: %s", fault.Error())
	default:
		return err
	}
	return nil
}

// report asks one question and lands the answer in a file whose name repeats the question, since the answer
// does not.
func (c *youtubeClient) report(ctx context.Context, drop *Drop, r youtubeQuestion, video string, first, last time.Time) error {
	channel := c.channel
	if id := c.s.Setting("YOUTUBE_CHANNEL_ID"); id != "" {
		channel = id
	}
	query := url.Values{
		"ids": {"channel==MINE"}, "startDate": {isoDay(first)}, "endDate": {isoDay(last)},
		"dimensions": {r.dimensions}, "metrics": {r.metrics},
	}
	if id := c.s.Setting("YOUTUBE_CHANNEL_ID"); id != "" {
		query.Set("ids", "channel=="+id)
	}
	if r.sort != "" {
		query.Set("sort", r.sort)
	}
	if r.currency != "" {
		query.Set("currency", r.currency)
	}
	if r.most > 0 {
		query.Set("maxResults", fmt.Sprint(r.most))
	}
	filter, suffix := "all", "_"+r.name
	if video != "" {
		query.Set("filters", "video=="+video)
		filter, suffix = "video="+video, ""
	}
	answer, err := c.ask(ctx, api.Request{URL: c.base("YOUTUBE_ANALYTICS_URL") + "/v2/reports", Query: query})
	if err != nil {
		return err
	}
	if err := r.check(answer, isoDay(first), isoDay(last)); err != nil {
		return located(err, "GET /v2/reports by "+r.dimensions)
	}
	if channel == "" {
		channel = "MINE"
	}
	name := fmt.Sprintf("analytics_%s_%s_%s_%s_%s%s.json", channel, filter, first.Format("20060102"), last.Format("20060102"), stamp(drop.began), suffix)
	return drop.Page(name, answer.Body)
}

var (
	isoDayPattern   = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)
	youtubeCurrency = regexp.MustCompile(`^[A-Z]{3}$`)
)

// check looks whether an answer is one to the question: columns by their names, whatever their order, a
// value for each, days within those asked for, and numbers as numbers. No rows at all are an answer.
func (r youtubeQuestion) check(answer *api.Answer, first, last string) error {
	var table struct {
		Kind    string `json:"kind"`
		Columns []struct {
			Name string `json:"name"`
			Kind string `json:"columnType"`
		} `json:"columnHeaders"`
		Rows [][]json.RawMessage `json:"rows"`
	}
	if err := answer.Decode(&table); err != nil {
		return err
	}
	if table.Kind != "youtubeAnalytics#resultTable" {
		return api.Shape("kind youtubeAnalytics#resultTable", "%q", table.Kind)
	}
	var names []string
	for _, column := range table.Columns {
		names = append(names, column.Name)
	}
	want := strings.Split(r.dimensions+","+r.metrics, ",")
	if got := slices.Sorted(slices.Values(names)); !slices.Equal(got, slices.Sorted(slices.Values(want))) {
		return api.Shape("columns "+strings.Join(want, ","), "%s", strings.Join(names, ","))
	}
	dimensions := strings.Split(r.dimensions, ",")
	for _, row := range table.Rows {
		if len(row) != len(names) {
			return api.Shape(fmt.Sprintf("%d values in a row", len(names)), "%d", len(row))
		}
		for i, value := range row {
			if err := checkValue(names[i], slices.Contains(dimensions, names[i]), string(value), first, last); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkValue(name string, dimension bool, value, first, last string) error {
	text := strings.HasPrefix(value, `"`)
	switch day := strings.Trim(value, `"`); {
	case value == "null" && !dimension:
	case dimension && !text:
		return api.Shape(name+" as text", "%.40s", value)
	case name == "day" && (!isoDayPattern.MatchString(day) || day < first || day > last):
		return api.Shape(fmt.Sprintf("a day from %s to %s", first, last), "%.40s", value)
	case !dimension && (text || strings.ContainsAny(value, "[{tf")):
		return api.Shape(name+" as a number", "%.40s", value)
	}
	return nil
}
