package fake

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// youtubeQuery is a question to the Analytics API.
type youtubeQuery struct {
	first, last time.Time
	dimensions  string
	metrics     []string
	videos      []YoutubeVideo
}

var (
	youtubeCounts = []string{"views", "engagedViews", "estimatedMinutesWatched", "averageViewDuration", "averageViewPercentage", "likes", "comments", "shares", "subscribersGained", "subscribersLost"}
	youtubeMoney  = []string{"estimatedRevenue", "estimatedAdRevenue", "grossRevenue", "estimatedRedPartnerRevenue", "monetizedPlaybacks", "playbackBasedCpm", "adImpressions", "cpm"}
)

func (y *Youtube) report(w http.ResponseWriter, r *http.Request, owner *YoutubeChannel) {
	y.only(r, "ids", "startDate", "endDate", "metrics", "dimensions", "filters", "sort", "maxResults", "startIndex", "currency", "includeHistoricalChannelData")
	q, refused := y.question(r, owner)
	if refused != "" {
		status, reason := http.StatusBadRequest, "badRequest"
		if refused == "Forbidden" {
			status, reason = http.StatusForbidden, "forbidden"
		}
		refuse(w, status, reason, refused)
		return
	}
	heads := []map[string]any{}
	for _, name := range strings.Split(q.dimensions, ",") {
		heads = append(heads, map[string]any{"name": name, "columnType": "DIMENSION", "dataType": "STRING"})
	}
	for _, name := range q.metrics {
		kind := "INTEGER"
		if strings.HasSuffix(name, "Percentage") || slices.Contains(youtubeMoney, name) {
			kind = "FLOAT"
		}
		heads = append(heads, map[string]any{"name": name, "columnType": "METRIC", "dataType": kind})
	}
	answer := map[string]any{"kind": "youtubeAnalytics#resultTable", "columnHeaders": heads}
	if rows := y.rows(q); len(rows) > 0 {
		answer["rows"] = rows
	} else if len(q.videos) > 1 {
		answer["rows"] = [][]any{} // and left out otherwise
	}
	respond(w, http.StatusOK, answer)
}

// question reads a call, and says why it is none.
func (y *Youtube) question(r *http.Request, owner *YoutubeChannel) (q youtubeQuery, refused string) {
	query := r.URL.Query()
	if ids := query.Get("ids"); ids != "channel==MINE" && ids != "channel=="+owner.ID {
		return q, "Forbidden"
	}
	var errs [2]error
	if query.Has("currency") != strings.Contains(query.Get("metrics"), "evenue") {
		y.Complain("a report of %s in %q", query.Get("metrics"), query.Get("currency"))
	}
	q.first, errs[0] = time.Parse(time.DateOnly, query.Get("startDate"))
	q.last, errs[1] = time.Parse(time.DateOnly, query.Get("endDate"))
	if errs[0] != nil || errs[1] != nil || q.last.Before(q.first) {
		y.Complain("a report from %q to %q", query.Get("startDate"), query.Get("endDate"))
		return q, "Invalid date."
	}
	if q.last.After(youtubeDay(y.Now())) {
		y.Complain("a report of days to come: %s", query.Get("endDate"))
	}
	q.dimensions, q.metrics, q.videos = query.Get("dimensions"), strings.Split(query.Get("metrics"), ","), owner.Videos
	if filters := query.Get("filters"); filters != "" {
		id, ok := strings.CutPrefix(filters, "video==")
		if !ok || q.dimensions != "day" {
			return q, "The query is not supported."
		}
		q.videos = slices.DeleteFunc(slices.Clone(owner.Videos), func(v YoutubeVideo) bool { return v.ID != id })
	}
	for _, name := range q.metrics {
		switch {
		case slices.Contains(youtubeMoney, name) && !owner.Partner:
			return q, "Forbidden"
		case name == "viewerPercentage" && q.dimensions == "ageGroup,gender" && len(q.metrics) == 1:
		case !slices.Contains(youtubeCounts, name) && !slices.Contains(youtubeMoney, name) || q.dimensions == "ageGroup,gender":
			return q, "The query is not supported."
		}
	}
	switch q.dimensions {
	case "day", "day,insightTrafficSourceType", "day,creatorContentType", "country", "ageGroup,gender", "insightTrafficSourceType", "creatorContentType":
	case "video":
		if most, err := strconv.Atoi(query.Get("maxResults")); err != nil || most > 200 || !strings.HasPrefix(query.Get("sort"), "-") {
			y.Complain("a report by video wants a falling sort and 200 rows at most")
			return q, "The query is not supported."
		}
	default:
		return q, "The query is not supported."
	}
	return q, ""
}

// rows are those of the days that are processed; what came later is cut off without a word.
func (y *Youtube) rows(q youtubeQuery) [][]any {
	last := q.last
	if processed := y.processed(); last.After(processed) {
		last = processed
	}
	var rows [][]any
	all := map[string]figures{}
	for day := q.first; !day.After(last); day = day.AddDate(0, 0, 1) {
		parts := y.parts(q, day)
		for _, name := range sortedNames(parts) {
			f := parts[name]
			sum := all[name]
			sum.add(f)
			all[name] = sum
			if f.views == 0 || !strings.HasPrefix(q.dimensions, "day") {
				continue
			}
			row := []any{day.Format(time.DateOnly)}
			if name != "" {
				row = append(row, name)
			}
			rows = append(rows, f.row(row, q.metrics))
		}
	}
	if strings.HasPrefix(q.dimensions, "day") {
		return rows
	}
	if q.dimensions == "ageGroup,gender" {
		return viewers(all[""].views)
	}
	names := sortedNames(all)
	slices.SortStableFunc(names, func(a, b string) int { return all[b].views - all[a].views })
	for _, name := range names {
		if all[name].views > 0 {
			rows = append(rows, all[name].row([]any{name}, q.metrics))
		}
	}
	return rows
}

// parts are a day's figures by what is asked for besides days; under no name where nothing is.
func (y *Youtube) parts(q youtubeQuery, day time.Time) map[string]figures {
	whole := y.dayFigures(q.videos, day)
	split := func(names ...string) map[string]figures {
		parts := map[string]figures{}
		for i, name := range names {
			parts[name] = whole.part(i, len(names))
		}
		return parts
	}
	switch strings.TrimPrefix(q.dimensions, "day,") {
	case "insightTrafficSourceType":
		return split("YT_SEARCH", "RELATED_VIDEO", "SUBSCRIBER", "EXT_URL")
	case "country":
		return split("US", "DE", "BR")
	case "video", "creatorContentType":
		parts := map[string]figures{}
		for _, v := range q.videos {
			name := v.ID
			if q.dimensions != "video" {
				name = v.format()
			}
			sum := parts[name]
			sum.add(y.videoDay(v, day))
			parts[name] = sum
		}
		return parts
	}
	return map[string]figures{"": whole}
}

func (v YoutubeVideo) format() string {
	switch {
	case v.Short:
		return "SHORTS"
	case v.Live:
		return "LIVE_STREAM"
	}
	return "VIDEO_ON_DEMAND"
}

func sortedNames(parts map[string]figures) []string {
	names := []string{}
	for name := range parts {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// viewers are shares of a hundred; too few are not told.
func viewers(views int) [][]any {
	if views < 100 {
		return nil
	}
	var rows [][]any
	for i, age := range []string{"age13-17", "age18-24", "age25-34", "age35-44"} {
		rows = append(rows, []any{age, "female", 10.5 + float64(i)}, []any{age, "male", 11.5 + float64(i)})
	}
	return rows
}

// row appends metrics in the order in which they were asked for.
func (f figures) row(row []any, metrics []string) []any {
	for _, name := range metrics {
		switch name {
		case "views":
			row = append(row, f.views)
		case "engagedViews":
			row = append(row, f.engaged)
		case "estimatedMinutesWatched":
			row = append(row, f.minutes)
		case "averageViewDuration":
			row = append(row, 40)
		case "averageViewPercentage":
			row = append(row, 38.25)
		case "likes":
			row = append(row, f.likes)
		case "comments":
			row = append(row, f.comments)
		case "shares":
			row = append(row, f.shares)
		case "subscribersGained":
			row = append(row, f.gained)
		case "subscribersLost":
			row = append(row, f.lost)
		case "monetizedPlaybacks", "adImpressions":
			row = append(row, f.views/2)
		default: // money, in thousandths as they are told
			row = append(row, jsonNumber(fmt.Sprintf("%d.%03d", f.views/1000, f.views%1000)))
		}
	}
	return row
}
