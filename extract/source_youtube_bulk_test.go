package extract

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"bedrot/extract/fake"
)

// bulkTube is a world in which a bulk file is there to be fetched.
func bulkTube(t *testing.T, change func(*fake.YoutubeConfig)) *tube {
	t.Helper()
	y := newTube(t, change)
	equal(t, y.fetched(t, "channel_basic"), "channel_basic:main nothing")
	y.pass(19*time.Hour + 30*time.Minute) // before the files of the month before come, all at once
	return y
}

type bulkWart struct {
	fault fake.Fault
	want  string
	calls string // a pattern, and how many calls fit it
	n     int
	waits int
	says  string
}

const bulkMedia, bulkFiles = "/reporting/v1/media", "/reporting/v1/jobs/job-1/reports"

func bulkWarts() map[string]bulkWart {
	const media, files = bulkMedia, bulkFiles
	return map[string]bulkWart{
		"too fast":                   {stateSays(files, 429, "RESOURCE_EXHAUSTED", "Quota exceeded for FreeQuotaRequestsPerMinutePerProject", 3), "landed", files, 5, 3, ""},
		"the day's limit":            {stateSays(files, 429, "RESOURCE_EXHAUSTED", "Quota exceeded for FreeQuotaRequestsPerDayPerProject", -1), "failed throttled", files, 1, 0, "midnight in California"},
		"one 503":                    {stateSays(media, 503, "UNAVAILABLE", "The service is currently unavailable.", 1), "landed", media, 2, 1, ""},
		"no right":                   {stateSays(files, 403, "PERMISSION_DENIED", "The caller does not have permission", -1), "failed no_permission", files, 1, 0, "owner"},
		"a token that ended":         {stateSays(media, 401, "UNAUTHENTICATED", "Request had invalid authentication credentials.", 1), "landed", media, 2, 0, ""},
		"an address elsewhere":       {rewritten(files, `http://127.0.0.1:\d+/reporting`, "http://127.0.0.2:9/reporting", -1), "failed answer_shape", media, 0, 0, "the token is not sent there"},
		"an address of another kind": {rewritten(files, `/v1/media/`, "/v1/jobs/", -1), "failed answer_shape", media, 0, 0, "downloadUrl"},
		"an address with a way out":  {rewritten(files, `/media/CHANNEL`, "/media/../CHANNEL", -1), "failed answer_shape", media, 0, 0, "downloadUrl"},
		"a login page":               {fake.Fault{Match: media, Times: -1, Status: 200, Body: "<html>", Header: map[string]string{"Content-Type": "text/html"}}, "failed answer_shape", media, 1, 0, "web page"},
		"a file that is cut":         {fake.Fault{Match: media, Status: 200, Body: "date,channel_id", Cut: 5}, "landed", media, 2, 1, ""},
		"half a line":                {fake.Fault{Match: media, Times: -1, Status: 200, Body: strings.Join(bulkColumns, ",") + "\n20261124,UC", Header: map[string]string{"Content-Type": "text/csv"}}, "failed answer_shape", media, 1, 0, "lines as long as their header"},
		"a column less":              {fake.Fault{Match: media, Times: -1, Status: 200, Body: strings.Join(bulkColumns[1:], ",") + "\n", Header: map[string]string{"Content-Type": "text/csv"}}, "failed answer_shape", media, 1, 0, "a column date"},
		"another day":                {fake.Fault{Match: media, Times: -1, Status: 200, Body: strings.Join(bulkColumns, ",") + "\n20200101,,,,,,,,,\n", Header: map[string]string{"Content-Type": "text/csv"}}, "failed answer_shape", media, 1, 0, "20200101"},
		"a day without activity":     {fake.Fault{Match: media, Times: -1, Status: 200, Body: strings.Join(bulkColumns, ",") + "\n", Header: map[string]string{"Content-Type": "text/csv"}}, "landed", media, 1, 0, ""},
		"a file of tomorrow":         {rewritten(files, `"createTime":"2026`, `"createTime":"2027`, -1), "failed answer_shape", media, 0, 0, "createTime that has passed"},
		"a name with a way out":      {rewritten(files, `"id":"r_`, `"id":"../r_`, -1), "failed answer_shape", media, 0, 0, "reports with id"},
		"a list without end":         {rewritten(files, `"nextPageToken":""`, `"nextPageToken":"after-0"`, -1), "failed answer_shape", files, 3, 0, "the cursor of page"},
		"reports that are none":      {rewritten(files, `"reports":\[.*\]`, `"reports":{}`, -1), "failed answer_shape", files, 1, 0, "reports"},
	}
}

func TestYoutubeBulkWarts(t *testing.T) {
	const media, files = bulkMedia, bulkFiles
	for name, c := range bulkWarts() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			y := bulkTube(t, nil)
			y.pass(4 * time.Hour) // a file is there, and the month before
			trimmed := rewritten(files, `\{"createTime":"2026-11-27T00[^}]*\},?`, "", -1)
			if c.fault.Match == files && c.fault.Change != nil { // one change of an answer is in force
				inner := c.fault.Change
				c.fault.Change = func(body []byte) []byte {
					return inner(bytes.ReplaceAll(trimmed.Change(body), []byte(`},]`), []byte(`}]`)))
				}
			}
			before := y.calls(c.calls)
			y.waits = nil
			y.fake.Inject(c.fault)
			if c.want == "landed" || c.fault.Match == media {
				y.fake.Inject(fake.Fault{Match: files, Times: -1, Change: func(body []byte) []byte {
					return bytes.ReplaceAll(trimmed.Change(body), []byte(`},]`), []byte(`}]`))
				}})
			}
			got := y.fetched(t, "channel_basic")
			if len(got) != 1 || got[0] != "channel_basic:main "+c.want {
				t.Errorf("got %v, wanted %s", got, c.want)
			}
			if n := y.calls(c.calls) - before; n != c.n || len(y.waits) != c.waits {
				t.Errorf("%d calls and waits of %v, wanted %d and %d", n, y.waits, c.n, c.waits)
			}
			if name == "too fast" && (y.waits[0] < 30*time.Second || y.waits[1] < time.Minute || y.waits[2] < 2*time.Minute) {
				t.Errorf("waits of %v", y.waits)
			}
			if o := y.outcomes[0]; o.Err != nil && !strings.Contains(o.Err.What+o.Err.Next, c.says) {
				t.Errorf("%q is not in %s; %s", c.says, o.Err.What, o.Err.Next)
			}
			if n := len(y.landed(t, "channel_basic")); (n > 0) != (c.want == "landed") {
				t.Errorf("%d files landed", n)
			}
		})
	}
}

func TestYoutubeBulkGoesOnWhereItBrokeOff(t *testing.T) {
	y := bulkTube(t, nil)
	y.pass(5 * time.Hour)
	y.fake.Inject(fake.Fault{Match: "/media/", Skip: 4, Times: 1, Status: 403, Body: "{}"})
	got := y.fetched(t, "channel_basic")
	if len(got) != 5 || got[4] != "channel_basic:main failed no_permission" {
		t.Error(got)
	}
	got = y.fetched(t, "channel_basic")
	if len(got) < 27 || got[0] != "channel_basic:main known" && got[0] != "channel_basic:main landed" {
		t.Error(len(got), got)
	}
	days := map[string]bool{}
	for _, drop := range y.drops(t, "channel_basic", "main") {
		days[drop.Labels["day"]] = true
	}
	if len(days) != 31 {
		t.Errorf("%d days", len(days))
	}
}

func TestYoutubeJobs(t *testing.T) {
	job := func(id, report, created, rest string) string {
		return fmt.Sprintf(`{"id":%q,"reportTypeId":%q,"createTime":%q%s}`, id, report, created, rest)
	}
	const a3 = "channel_basic_a3"
	for name, c := range map[string]struct {
		jobs, want string
		orders     int
		asked      string
	}{
		"none of the kind":         {job("other-1", "channel_combined_a3", "2026-01-01T00:00:00Z", ""), "nothing", 1, ""},
		"one that is over":         {job("old-1", a3, "2026-01-01T00:00:00Z", `,"expireTime":"2026-02-01T00:00:00Z"`), "nothing", 1, ""},
		"the older of two":         {job("new-1", a3, "2026-05-01T00:00:00Z", "") + "," + job("old-1", a3, "2026-01-01T00:00:00Z", ""), "nothing", 0, "/jobs/old-1/reports"},
		"one that ends":            {job("old-1", a3, "2026-01-01T00:00:00Z", `,"expireTime":"2027-02-01T00:00:00Z"`), "nothing", 0, "/jobs/old-1/reports"},
		"one with a way out":       {job("../x", a3, "2026-01-01T00:00:00Z", ""), "failed answer_shape", 0, ""},
		"one that says no type":    {`{"id":"old-1"}`, "failed answer_shape", 0, ""},
		"a list that is something": {`7`, "failed answer_shape", 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			y := newTube(t, nil)
			y.fake.Inject(fake.Fault{Match: "GET .*/jobs$", Times: -1, Status: 200, Body: `{"jobs":[` + c.jobs + `]}`})
			y.fake.Inject(fake.Fault{Match: "/jobs/old-1/reports", Times: -1, Status: 200, Body: `{"nextPageToken":""}`})
			equal(t, y.fetched(t, "channel_basic"), "channel_basic:main "+c.want)
			if n := y.calls("POST /reporting"); n != c.orders || c.asked != "" && y.calls(c.asked) != 1 {
				t.Errorf("%d orders, %d of %s", n, y.calls(c.asked), c.asked)
			}
			if warned := len(y.outcomes[0].Warnings) > 0; warned != (name == "one that ends") {
				t.Errorf("%+v", y.outcomes[0].Warnings)
			}
		})
	}
	y := newTube(t, nil) // another program was quicker
	y.fake.Inject(stateSays("POST /reporting", 409, "ALREADY_EXISTS", "Requested entity already exists", 1))
	equal(t, y.fetched(t, "channel_basic"), "channel_basic:main failed request_refused")
	y = newTube(t, nil) // it may have been ordered: it is not ordered twice
	y.fake.Inject(fake.Fault{Match: "POST /reporting", Cut: 5})
	equal(t, y.fetched(t, "channel_basic"), "channel_basic:main failed unreachable")
	equal(t, y.fetched(t, "channel_basic"), "channel_basic:main nothing")
	if n := y.calls("POST /reporting"); n != 1 {
		t.Errorf("%d orders", n)
	}
}
