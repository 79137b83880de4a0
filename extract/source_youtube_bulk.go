package extract

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"bedrot/extract/api"
)

// youtubeBulk is the report type that is subscribed to. Versions end: _a2 did in October 2025.
const youtubeBulk = "channel_basic_a3"

// bulkColumns are those that the raw script needs.
var bulkColumns = []string{
	"date", "channel_id", "video_id", "live_or_on_demand", "subscribed_status", "country_code", "views", "watch_time_minutes", "subscribers_gained", "subscribers_lost",
}

type bulkJob struct {
	ID      string    `json:"id"`
	Type    string    `json:"reportTypeId"`
	Created time.Time `json:"createTime"`
	Expires time.Time `json:"expireTime"`
}

type bulkFile struct {
	ID       string    `json:"id"`
	Start    time.Time `json:"startTime"` // 7 or 8 o'clock UTC, when its day begins in California
	Created  time.Time `json:"createTime"`
	Download string    `json:"downloadUrl"`
}

var bulkFileID = regexp.MustCompile(`^[\w-]{1,100}$`)

// bulk lands the files that are new since the newest one there is, in the order in which they were made, one
// drop each: a file that corrects a day is a newer drop of it.
func (c *youtubeClient) bulk(ctx context.Context, ask Ask, drop *Drop) error {
	job, err := c.job(ctx, drop)
	if err != nil || job == nil {
		return err
	}
	files, err := c.files(ctx, job.ID, ask.Newest)
	if err != nil {
		return err
	}
	for _, file := range files {
		body, err := c.download(ctx, file)
		if err != nil {
			return err
		}
		drop.From(c.base("YOUTUBE_REPORTING_URL") + "/v1/jobs/" + job.ID + "/reports/" + file.ID)
		drop.Captured(file.Created)
		drop.Label("day", isoDay(file.Start))
		if err := drop.File(youtubeBulk+"_"+file.ID+"_"+stamp(file.Created)+".csv", body); err != nil {
			return err
		}
		if err := drop.Next(ctx); err != nil {
			return err
		}
	}
	return nil
}

// reporting asks the Reporting API, which takes 60 calls a minute from a program.
func (c *youtubeClient) reporting(ctx context.Context, req api.Request) (*api.Answer, error) {
	now := c.s.Now()
	if pause := c.shared.bulk.ReserveN(now, 1).DelayFrom(now); pause > 0 {
		if err := c.s.Wait(ctx, pause); err != nil {
			return nil, err
		}
	}
	if !strings.HasPrefix(req.URL, "http") {
		req.URL = c.base("YOUTUBE_REPORTING_URL") + "/v1/" + req.URL
	}
	return c.ask(ctx, req)
}

// job is the standing order for the report, which is made where there is none: its first file comes within
// two days, and with it those of the month before.
func (c *youtubeClient) job(ctx context.Context, drop *Drop) (*bulkJob, error) {
	var found *bulkJob
	err := c.pages(ctx, func(ctx context.Context, cursor string) (string, error) {
		var page struct {
			Jobs []bulkJob `json:"jobs"`
			Next string    `json:"nextPageToken"`
		}
		if err := c.reportingPage(ctx, "jobs", url.Values{}, cursor, &page); err != nil {
			return "", err
		}
		for _, job := range page.Jobs {
			if job.ID == "" || job.Type == "" {
				return "", located(api.Shape("jobs with id and reportTypeId", "one without"), "GET jobs")
			}
			over := !job.Expires.IsZero() && job.Expires.Before(c.s.Now())
			// The oldest has the longest history; one that a program made twice by mistake is left alone.
			if job.Type == youtubeBulk && !over && (found == nil || job.Created.Before(found.Created)) {
				found = &job
			}
		}
		return page.Next, nil
	})
	if err != nil {
		return nil, err
	}
	if found == nil {
		return nil, c.order(ctx)
	}
	if !bulkFileID.MatchString(found.ID) {
		return nil, located(api.Shape("a job's id", "%.40q", found.ID), "GET jobs")
	}
	if !found.Expires.IsZero() {
		drop.Warn("version_retired", "the bulk report %s ends on %s", youtubeBulk, isoDay(found.Expires))
	}
	return found, nil
}

// order subscribes to the report.
func (c *youtubeClient) order(ctx context.Context) error {
	answer, err := c.reporting(ctx, api.Request{Method: http.MethodPost, URL: "jobs", JSON: map[string]string{"reportTypeId": youtubeBulk, "name": "bedrot"}})
	if err != nil {
		return err
	}
	var job bulkJob
	if err := answer.Decode(&job); err != nil {
		return located(err, "POST jobs")
	}
	if job.ID == "" || job.Type != youtubeBulk {
		return located(api.Shape("a job for "+youtubeBulk, "one for %.40q", job.Type), "POST jobs")
	}
	c.s.Log.Info("ordered bulk files; the first come within two days", "report", youtubeBulk)
	return nil
}

// files are those of a job that were made after a time, or within its second, which is all that a drop
// keeps; the oldest first. Of two for one day only the newer is taken.
func (c *youtubeClient) files(ctx context.Context, job string, after time.Time) ([]bulkFile, error) {
	query := url.Values{"pageSize": {"100"}}
	if !after.IsZero() {
		query.Set("createdAfter", after.UTC().Add(-time.Microsecond).Format("2006-01-02T15:04:05.000000Z"))
	}
	newest := map[time.Time]bulkFile{}
	err := c.pages(ctx, func(ctx context.Context, cursor string) (string, error) {
		var page struct {
			Reports []bulkFile `json:"reports"`
			Next    string     `json:"nextPageToken"`
		}
		if err := c.reportingPage(ctx, "jobs/"+job+"/reports", query, cursor, &page); err != nil {
			return "", err
		}
		for _, file := range page.Reports {
			if !bulkFileID.MatchString(file.ID) || file.Start.IsZero() || file.Created.IsZero() || file.Created.After(c.s.Now().Add(time.Hour)) {
				return "", located(api.Shape("reports with id, startTime and a createTime that has passed", "%.40q of %s", file.ID, stamp(file.Created)), "GET reports")
			}
			if known, ok := newest[file.Start]; !ok || file.Created.After(known.Created) {
				newest[file.Start] = file
			}
		}
		return page.Next, nil
	})
	var list []bulkFile
	for _, file := range newest {
		list = append(list, file)
	}
	slices.SortFunc(list, func(a, b bulkFile) int {
		return cmp.Or(a.Created.Compare(b.Created), a.Start.Compare(b.Start), strings.Compare(a.ID, b.ID))
	})
	return list, err
}

func (c *youtubeClient) reportingPage(ctx context.Context, call string, query url.Values, cursor string, into any) error {
	if cursor != "" {
		query.Set("pageToken", cursor)
	}
	answer, err := c.reporting(ctx, api.Request{URL: call, Query: query})
	if err != nil {
		return err
	}
	if err := answer.Decode(into); err != nil {
		return located(err, "GET "+call)
	}
	return nil
}

// download fetches a file from the address its list gives, which must be one of the Reporting API: the
// token goes nowhere else.
func (c *youtubeClient) download(ctx context.Context, file bulkFile) ([]byte, error) {
	base, err := url.Parse(c.base("YOUTUBE_REPORTING_URL") + "/v1/media/")
	if err != nil {
		return nil, err
	}
	at, err := url.Parse(file.Download)
	if err != nil || at.Scheme != base.Scheme || at.Host != base.Host || at.User != nil || !strings.HasPrefix(at.Path, base.Path) || strings.Contains(at.Path, "..") {
		host := "none"
		if err == nil {
			host = at.Scheme + "://" + at.Host
		}
		return nil, located(api.Shape("a downloadUrl at "+base.Host+base.Path, "%s: the token is not sent there", host), "GET reports")
	}
	answer, err := c.reporting(ctx, api.Request{URL: file.Download, Raw: true})
	if err != nil {
		return nil, err
	}
	if err := checkBulk(answer.Body, isoDay(file.Start)); err != nil {
		return nil, located(err, "GET a bulk file")
	}
	return answer.Body, nil
}

// checkBulk looks whether a file is whole: the columns are there, every line has as many, and is of the day
// the list says.
func checkBulk(body []byte, day string) error {
	lines := csv.NewReader(bytes.NewReader(body))
	lines.ReuseRecord = true
	header, err := lines.Read()
	if err != nil {
		return api.Shape("a header", "%.80q", body)
	}
	for _, name := range bulkColumns {
		if !slices.Contains(header, name) {
			return api.Shape("a column "+name, "%.200s", strings.Join(header, ","))
		}
	}
	date, want := slices.Index(header, "date"), strings.ReplaceAll(day, "-", "")
	for {
		line, err := lines.Read()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return api.Shape("lines as long as their header", "%v", err)
		case line[date] != want:
			return api.Shape("lines of "+want, "one of %.20q", line[date])
		}
	}
}
