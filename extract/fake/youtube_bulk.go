package fake

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
)

type jsonNumber = json.Number

// youtubeJob is a channel's standing order for a report.
type youtubeJob struct {
	id, channel, report, name string
	created                   time.Time
}

// youtubeFile is a file of one: a day as it was known when the file was made.
type youtubeFile struct {
	id      string
	day     time.Time
	created time.Time
	short   bool // some views were not counted yet: another file will follow
}

// minute counts calls: 60 a minute are free.
func (y *Youtube) minute(answer ownedHandler) ownedHandler {
	return func(w http.ResponseWriter, r *http.Request, channel *YoutubeChannel) {
		minute := y.Now().Unix() / 60
		y.mu.Lock()
		y.minutes[minute]++
		used := y.minutes[minute]
		y.mu.Unlock()
		if used > 60 {
			y.Complain("more than 60 calls of the Reporting API a minute")
			respond(w, http.StatusTooManyRequests, map[string]any{"error": map[string]any{
				"code": 429, "status": "RESOURCE_EXHAUSTED",
				"message": "Quota exceeded for quota metric 'Free requests' and limit 'Free requests per minute' of service 'youtubereporting.googleapis.com'.",
				"details": []map[string]any{{"reason": "RATE_LIMIT_EXCEEDED", "metadata": map[string]any{"quota_limit": "FreeQuotaRequestsPerMinutePerProject"}}},
			}})
			return
		}
		answer(w, r, channel)
	}
}

func (y *Youtube) reportTypes(w http.ResponseWriter, r *http.Request, _ *YoutubeChannel) {
	y.only(r, "pageSize", "pageToken", "includeSystemManaged")
	respond(w, http.StatusOK, map[string]any{"reportTypes": []map[string]any{
		{"id": "channel_basic_a3", "name": "User activity"}, {"id": "channel_combined_a3", "name": "Combined"}, {"id": "channel_reach_basic_a1", "name": "Reach"},
	}})
}

func (j youtubeJob) json() map[string]any {
	return map[string]any{"id": j.id, "reportTypeId": j.report, "name": j.name, "createTime": j.created.Format(time.RFC3339)}
}

func (y *Youtube) jobsOf(channel string) []youtubeJob {
	y.mu.Lock()
	defer y.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(y.jobs), func(j youtubeJob) bool { return j.channel != channel })
}

func (y *Youtube) listJobs(w http.ResponseWriter, r *http.Request, owner *YoutubeChannel) {
	y.only(r, "pageSize", "pageToken", "includeSystemManaged")
	answer := map[string]any{}
	var list []map[string]any
	for _, job := range y.jobsOf(owner.ID) {
		list = append(list, job.json())
	}
	if list != nil {
		answer["jobs"] = list // left out where there is none
	}
	respond(w, http.StatusOK, answer)
}

func (y *Youtube) newJob(w http.ResponseWriter, r *http.Request, owner *YoutubeChannel) {
	var asked struct{ ReportTypeID, Name string }
	if err := json.NewDecoder(io.LimitReader(r.Body, 1<<16)).Decode(&asked); err != nil || asked.Name == "" || r.Header.Get("Content-Type") != "application/json" {
		y.Complain("an order that is none: %v", err)
	}
	known := y.jobsOf(owner.ID)
	switch {
	case asked.ReportTypeID != "channel_basic_a3":
		y.Complain("an order for %q", asked.ReportTypeID)
		respond(w, http.StatusBadRequest, map[string]any{"error": map[string]any{"code": 400, "message": "Unknown report type.", "status": "INVALID_ARGUMENT"}})
		return
	case len(known) > 0:
		y.Complain("the report is ordered already")
		respond(w, http.StatusConflict, map[string]any{"error": map[string]any{"code": 409, "message": "Requested entity already exists", "status": "ALREADY_EXISTS"}})
		return
	}
	y.mu.Lock()
	job := youtubeJob{id: fmt.Sprintf("job-%d", len(y.jobs)+1), channel: owner.ID, report: asked.ReportTypeID, name: asked.Name, created: y.Now().UTC().Truncate(time.Second)}
	y.jobs = append(y.jobs, job)
	y.mu.Unlock()
	respond(w, http.StatusOK, job.json())
}

// made are the files of a job that are there now. Twenty hours after the order those of the month before
// come, all at once; then one for each day, 43 hours after it began, and for every seventh day another one
// five days later, which has what the first lacked.
func (y *Youtube) made(job youtubeJob) []youtubeFile {
	var files []youtubeFile
	add := func(day, created time.Time, number int, short bool) {
		if age := y.Now().Sub(created); age >= 0 && age < 60*24*time.Hour {
			files = append(files, youtubeFile{id: fmt.Sprintf("r_%d", number), day: day, created: created, short: short})
		}
	}
	first := youtubeDay(job.created).AddDate(0, 0, -30)
	for day := first; day.Before(y.Now()); day = day.AddDate(0, 0, 1) {
		number := int(day.Unix() / 86400)
		made := day.Add(51*time.Hour + 3*time.Minute + 123456*time.Microsecond)
		if made.Before(job.created) {
			add(day, job.created.Add(20*time.Hour).Add(time.Duration(number%30)*370*time.Millisecond+123456*time.Microsecond), 1000+number, false)
			continue
		}
		add(day, made, 100_000+number, number%7 == 0)
		if number%7 == 0 {
			add(day, made.AddDate(0, 0, 5).Add(time.Hour), 200_000+number, false)
		}
	}
	slices.SortFunc(files, func(a, b youtubeFile) int { return b.created.Compare(a.created) }) // the newest first
	return files
}

func (y *Youtube) files(w http.ResponseWriter, r *http.Request, owner *YoutubeChannel) {
	y.only(r, "createdAfter", "startTimeAtOrAfter", "startTimeBefore", "pageSize", "pageToken")
	jobs := slices.DeleteFunc(y.jobsOf(owner.ID), func(j youtubeJob) bool { return j.id != r.PathValue("job") })
	if len(jobs) == 0 {
		y.Complain("files of a job that is not there")
		respond(w, http.StatusNotFound, map[string]any{"error": map[string]any{"code": 404, "message": "Requested entity was not found.", "status": "NOT_FOUND"}})
		return
	}
	files := y.made(jobs[0])
	if text := r.URL.Query().Get("createdAfter"); text != "" {
		after, err := time.Parse("2006-01-02T15:04:05.000000Z", text)
		if err != nil {
			y.Complain("createdAfter=%s", text)
		}
		files = slices.DeleteFunc(files, func(f youtubeFile) bool { return !f.created.After(after) })
	}
	from, next := 0, ""
	if token := r.URL.Query().Get("pageToken"); token != "" {
		if _, err := fmt.Sscanf(token, "after-%d", &from); err != nil || from > len(files) {
			y.Complain("a page token that was never given")
			from = 0
		}
	}
	const size = 20 // whatever is asked for
	if from+size < len(files) {
		next = fmt.Sprintf("after-%d", from+size)
	}
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	list := []map[string]any{}
	for _, f := range files[from:min(from+size, len(files))] {
		list = append(list, map[string]any{
			"id": f.id, "jobId": jobs[0].id, "createTime": f.created.Format("2006-01-02T15:04:05.000000Z"),
			"startTime": f.day.Add(8 * time.Hour).Format(time.RFC3339), "endTime": f.day.Add(32 * time.Hour).Format(time.RFC3339),
			"downloadUrl": fmt.Sprintf("%s://%s/reporting/v1/media/CHANNEL/%s/jobs/%s/reports/%s?alt=media", scheme, r.Host, owner.ID, jobs[0].id, f.id),
		})
	}
	respond(w, http.StatusOK, map[string]any{"reports": list, "nextPageToken": next})
}

func (y *Youtube) media(w http.ResponseWriter, r *http.Request, owner *YoutubeChannel) {
	if r.URL.Query().Get("alt") != "media" {
		y.Complain("a download whose address was changed")
	}
	for _, job := range y.jobsOf(owner.ID) {
		for _, f := range y.made(job) {
			if job.id == r.PathValue("job") && f.id == r.PathValue("file") && owner.ID == r.PathValue("channel") {
				w.Header().Set("Content-Type", "text/csv")
				if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") || !strings.Contains(r.Header.Get("User-Agent"), "gzip") {
					y.Complain("a download that is not compressed")
					_, _ = io.WriteString(w, y.lines(owner, f))
					return
				}
				w.Header().Set("Content-Encoding", "gzip")
				packed := gzip.NewWriter(w)
				_, _ = io.WriteString(packed, y.lines(owner, f))
				_ = packed.Close()
				return
			}
		}
	}
	y.Complain("a download of a file that is not there")
	respond(w, http.StatusNotFound, map[string]any{"error": map[string]any{"code": 404, "message": "Requested entity was not found.", "status": "NOT_FOUND"}})
}

// lines is a day's file: each video by country and kind of viewer, and what happened on the channel itself.
func (y *Youtube) lines(owner *YoutubeChannel, f youtubeFile) string {
	var text strings.Builder
	text.WriteString("date,channel_id,video_id,live_or_on_demand,subscribed_status,country_code,views,comments,likes,dislikes,shares,watch_time_minutes,average_view_duration_seconds,average_view_duration_percentage,subscribers_gained,subscribers_lost,red_views,red_watch_time_minutes,engaged_views\n")
	line := func(video, kind, viewer, country string, g figures) {
		fmt.Fprintf(&text, "%s,%s,%s,%s,%s,%s,%d,%d,%d,0,%d,%d.0,40.0,38.25,%d,%d,0,0.0,%d\n", f.day.Format("20060102"), owner.ID, video, kind, viewer, country, g.views, g.comments, g.likes, g.shares, g.minutes, g.gained, g.lost, g.engaged)
	}
	some := false
	for _, v := range owner.Videos {
		views := y.watched(v, f.day)
		if f.short {
			views -= views / 25
		}
		if views == 0 {
			continue
		}
		some = true
		kind := "ON_DEMAND"
		if v.Live {
			kind = "LIVE"
		}
		whole := figuresOf(views)
		line(v.ID, kind, "NOT_SUBSCRIBED", "US", whole.part(0, 3))
		line(v.ID, kind, "SUBSCRIBED", "DE", whole.part(1, 3))
		line(v.ID, kind, "NOT_SUBSCRIBED", "BR", whole.part(2, 3))
	}
	if some {
		line("", "ON_DEMAND", "SUBSCRIBED", "", figures{gained: 1})
	}
	return text.String()
}
