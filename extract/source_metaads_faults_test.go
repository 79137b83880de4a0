package extract

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"bedrot/extract/fake"
)

func TestMetaadsFailures(t *testing.T) {
	login, fine := "failed login_needed", "landed"
	html := map[string]string{"Content-Type": "text/html"}
	fault := func(match string, times, status, code, subcode int, message string) fake.Fault {
		return fake.Fault{Match: match, Times: times, Status: status, Body: fake.MetaError(code, subcode, message)}
	}
	changed := func(from, to string) fake.Fault {
		return fake.Fault{Match: "/campaigns", Times: -1, Change: func(b []byte) []byte { return []byte(strings.Replace(string(b), from, to, 1)) }}
	}
	usage := func(name, value string) map[string]string { return map[string]string{name: value} }
	busy := func(header map[string]string) fake.Fault { return fake.Fault{Match: "/act_[0-9]+[?]", Header: header} }
	for name, c := range map[string]struct {
		fault fake.Fault
		want  string // of campaigns
		calls int    // the account, the campaigns
		waits string
		next  string
	}{
		"nothing":                       {fake.Fault{Match: "never"}, fine, 2, "", ""},
		"80004 with its minutes":        {fake.Fault{Match: "/campaigns", Status: 400, Body: fake.MetaError(80004, 2446079, "too many"), Header: usage("X-Business-Use-Case-Usage", `{"1010035716096012":[{"type":"ads_management","call_count":100,"estimated_time_to_regain_access":7}]}`)}, fine, 3, "7m0s", ""},
		"80004 for longer than a night": {fake.Fault{Match: "/campaigns", Times: -1, Status: 400, Body: fake.MetaError(80004, 2446079, "too many"), Header: usage("X-Business-Use-Case-Usage", `{"1010035716096012":[{"type":"ads_management","call_count":100,"estimated_time_to_regain_access":700}]}`)}, "failed throttled", 2, "", ""},
		"17 without a word":             {fault("/campaigns", 1, 400, 17, 2446079, "user limit"), fine, 3, "5m0s", ""},
		"4 for good":                    {fault("/campaigns", -1, 400, 4, 1504022, "app limit"), "failed throttled", 5, "5m0s 5m0s 5m0s", "next run"},
		"613":                           {fault("/campaigns", 1, 400, 613, 1996, "custom limit"), fine, 3, "5m0s", ""},
		"a throttle dressed as 200":     {fault("/campaigns", 1, 400, 200, 4841013, "development tier"), fine, 3, "5m0s", ""},
		"usage at 97 %":                 {busy(usage("X-Business-Use-Case-Usage", `{"1":[{"total_time":97,"estimated_time_to_regain_access":0}]}`)), fine, 2, "1m0s", ""},
		"usage with minutes":            {busy(usage("X-Business-Use-Case-Usage", `{"1":[{"total_time":9},{"estimated_time_to_regain_access":3}]}`)), fine, 2, "3m0s", ""},
		"the app's usage at 96 %":       {busy(usage("X-App-Usage", `{"call_count":96}`)), fine, 2, "1m0s", ""},
		"the account's usage":           {busy(usage("X-Ad-Account-Usage", `{"acc_id_util_pct":99.5,"reset_time_duration":90}`)), fine, 2, "1m30s", ""},
		"the insights throttle":         {busy(usage("X-FB-Ads-Insights-Throttle", `{"app_id_util_pct":100,"acc_id_util_pct":10}`)), fine, 2, "1m0s", ""},
		"usage at 95 %":                 {busy(usage("X-App-Usage", `{"call_count":95}`)), fine, 2, "", ""},
		"usage that is none":            {busy(usage("X-App-Usage", `none`)), fine, 2, "", ""},
		"a 500":                         {fault("/campaigns", 1, 500, 1, 99, "An unknown error occurred"), fine, 3, "~5s", ""},
		"code 2 with 400":               {fault("/campaigns", 2, 400, 2, 0, "Service temporarily unavailable"), fine, 4, "~5s ~10s", ""},
		"an expired token":              {fault("/campaigns", -1, 400, 190, 463, "Session has expired"), login, 2, "", "system-user token"},
		"an app that was removed":       {fault("/campaigns", -1, 400, 190, 458, "not authorized"), login, 2, "", "Assign assets"},
		"a checkpoint":                  {fault("/campaigns", -1, 400, 190, 459, "checkpoint"), login, 2, "", "facebook.com"},
		"a missing permission":          {fault("/campaigns", -1, 403, 200, 0, "Ad account owner has NOT grant ads_read"), "failed no_permission", 2, "", "ads_read"},
		"a version that has ended":      {fault("/campaigns", -1, 400, 2635, 0, "You are calling a deprecated version"), "failed version_retired", 2, "", "newer bedrot"},
		"a proof of another app":        {fault("/campaigns", -1, 400, 104, 0, "Incorrect signature"), "failed request_refused", 3, "", "META_APP_SECRET"},
		"a list that will not be":       {fault("DELETED", -1, 400, 100, 0, "Invalid parameter"), fine, 3, "", ""},
		"a glitch":                      {fault("/campaigns", 1, 400, 100, 0, "Cannot include spend in summary param because they weren't there"), fine, 3, "~5s", ""},
		"a stall":                       {fake.Fault{Match: "/campaigns", Cut: 9, Stall: true}, fine, 3, "~5s", ""},
		"a cut":                         {fake.Fault{Match: "/campaigns", Cut: 9}, fine, 3, "~5s", ""},
		"a login page":                  {fake.Fault{Match: "/campaigns", Times: -1, Status: 200, Body: "<html>", Header: html}, "failed answer_shape", 2, "", "--record"},
		"no such account":               {fault("/act_[0-9]+[?]", -1, 400, 100, 33, "Unsupported get request"), "failed request_refused", 1, "", "META_AD_ACCOUNT_ID"},
		"a page of a proxy":             {fake.Fault{Match: "/campaigns", Status: 502, Body: "<html>", Header: html}, fine, 3, "~5s", ""},
		"no list":                       {changed(`"data"`, `"date"`), "failed answer_shape", 2, "", "--record"},
		"null":                          {changed(`"data":[`, `"data":null,"x":[`), "failed answer_shape", 2, "", ""},
		"an id of another kind":         {changed(`"id":"`, `"id":"x`), "failed answer_shape", 2, "", ""},
		"a list that is an object":      {changed(`"data":[`, `"data":{},"x":[`), "failed answer_shape", 2, "", ""},
		"a field more":                  {changed(`"data":[`, `"more":1,"data":[`), fine, 2, "", ""},
		"an id as a number":             {changed(`"id":"120211234567890123"`, `"id":120211234567890123`), fine, 2, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // they wait for the disk
			w := newMetaWorld(t, fake.MetaConfig{}, "campaigns")
			w.fake.Inject(c.fault)
			equal(t, w.fetch(t), "metaads/campaigns:main "+c.want)
			if calls := w.fake.Calls(); len(calls) != c.calls {
				t.Errorf("%d calls, wanted %d", len(calls), c.calls)
			}
			for i, want := range strings.Fields(c.waits) {
				length, err := time.ParseDuration(strings.TrimPrefix(want, "~"))
				if err != nil || i >= len(w.waits) || w.waits[i] < length*3/4 || w.waits[i] > length*5/4 || want[0] != '~' && w.waits[i].Round(time.Second) != length {
					t.Errorf("waits of %v, wanted %s", w.waits, c.waits)
				}
			}
			if len(w.waits) != len(strings.Fields(c.waits)) {
				t.Errorf("waits of %v, wanted %s", w.waits, c.waits)
			}
			if err := w.outcomes[0].Err; err != nil && (err.Next == "" || !strings.Contains(err.Next, c.next)) {
				t.Errorf("next is %q", err.Next)
			}
			w.fine(t)
		})
	}
}

func TestMetaadsLimit(t *testing.T) {
	w := newMetaWorld(t, fake.MetaConfig{}, "campaigns")
	w.fake.Throttle(2, fake.MetaLimit{Code: 80000, Subcode: 2446079, Wait: 7 * time.Minute})
	equal(t, w.fetch(t), "metaads/campaigns:main landed")
	if !slices.Equal(w.waits, []time.Duration{7 * time.Minute, 7 * time.Minute}) {
		t.Errorf("waits of %v", w.waits)
	}
	w.fine(t)
}

func TestMetaadsOutage(t *testing.T) {
	w := newMetaWorld(t, fake.MetaConfig{AppID: "4711", AppSecret: "canary-app-secret"})
	w.fake.Inject(fake.Fault{Times: -1, Status: 503, Body: "{}"})
	equal(t, w.fetch(t), append([]string{"metaads/account:main failed unreachable"}, metaWant("skipped")[1:]...)...)
	if n := len(w.fake.Calls()); n > 16 { // as many as a whole night has
		t.Errorf("%d calls in vain", n)
	}
}

func TestMetaadsLines(t *testing.T) {
	for name, c := range map[string]struct{ match, from, to, want string }{
		"an amount that is an object": {"level=ad&", `"spend":"`, `"spend":{},"x":"`, "failed answer_shape"},
		"an amount that is a number":  {"level=ad&", `"spend":"3.`, `"spend":3.5,"x":"`, "landed"},
		"no amount":                   {"level=ad&", `"spend"`, `"spent"`, "failed answer_shape"},
		"a day that nobody asked for": {"level=ad&", `"date_start":"2026-`, `"date_start":"2025-`, "failed answer_shape"},
		"another account":             {"level=ad&", `"account_id":"1010035716096012"`, `"account_id":"7"`, "failed answer_shape"},
		"a line of another level":     {"level=ad&", `"ad_id"`, `"bad_id"`, "failed answer_shape"},
		"actions that are no list":    {"level=ad&", `"actions":[`, `"actions":1,"x":[`, "failed answer_shape"},
		"a total among its parts":     {"breakdowns=country", `"country"`, `"county"`, "failed answer_shape"},
		"a filter that is refused":    {"filtering", "", "", "landed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // they wait for the disk
			w := newMetaWorld(t, fake.MetaConfig{}, "insights")
			fault := fake.Fault{Match: c.match, Change: func(b []byte) []byte {
				if !strings.Contains(string(b), c.from) {
					t.Errorf("no %s in %.300s", c.from, b)
				}
				return []byte(strings.Replace(string(b), c.from, c.to, 1))
			}}
			if c.from == "" {
				fault = fake.Fault{Match: c.match, Times: -1, Status: 400, Body: fake.MetaError(100, 0, "Filtering is invalid")}
			}
			w.fake.Inject(fault)
			status, code, _ := strings.Cut(c.want, " ")
			equal(t, w.fetch(t), strings.TrimSpace("metaads/insights:main "+status+" 2026-10-27 2026-11-26 "+code))
			if n := len(w.outcomes[0].Warnings); c.from == "" && n != 3 || c.from != "" && n > 0 {
				t.Errorf("%+v", w.outcomes[0].Warnings)
			}
			if ids, _ := w.lake.DropIDs("metaads", "insights", "main"); (len(ids) > 0) != (status == "landed") {
				t.Errorf("%v landed", ids)
			}
		})
	}
}

// endless answers with one page after the other.
type endless struct{ pages, all int }

func (e *endless) RoundTrip(r *http.Request) (*http.Response, error) {
	body := `{"account_id":"1010035716096012","currency":"USD","timezone_name":"UTC"}`
	if strings.HasSuffix(r.URL.Path, "/campaigns") {
		e.pages++
		next := `,"next":"https://x"`
		if e.pages == e.all {
			next = ""
		}
		body = fmt.Sprintf(`{"data":[%s{"id":"1"}],"paging":{"cursors":{"after":"%d"}%s}}`, strings.Repeat(`{"id":"120211234567890123"},`, 3), e.pages, next)
	}
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

func TestMetaadsTenThousandPagesInFlatMemory(t *testing.T) {
	w := newMetaWorld(t, fake.MetaConfig{}, "campaigns")
	w.Log = slog.New(slog.DiscardHandler)
	w.Transport = &endless{all: 10000}
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before, most := heap(), uint64(0)
	w.Tell = func(Outcome) { most = heap() }
	equal(t, w.fetch(t), "metaads/campaigns:main landed")
	if o := w.outcomes[0]; o.Pages != 10000 || most > before+4<<20 {
		t.Errorf("%d pages of %d MB, %d KB of memory", o.Pages, o.Bytes>>20, (most-before)>>10)
	}
}

func TestMetaadsPages(t *testing.T) {
	var many []fake.MetaCampaign
	for i := range 601 {
		many = append(many, fake.MetaCampaign{ID: fmt.Sprint(120211234567000000 + i), Name: "C", Status: "ACTIVE"})
	}
	w := newMetaWorld(t, fake.MetaConfig{Campaigns: many}, "campaigns")
	w.fetch(t)
	if rows := w.rows(t, "campaigns", "campaigns.ndjson"); len(rows) != 601 || w.outcomes[0].Pages != 4 {
		t.Errorf("%d rows in %d pages", len(rows), w.outcomes[0].Pages)
	}
	w.fine(t)
	for name, c := range map[string]struct {
		fault fake.Fault
		want  string
	}{
		"an empty page with a next one": {fake.Fault{Match: "/campaigns", Change: func(b []byte) []byte {
			return append([]byte(`{"data":[],`), b[strings.Index(string(b), `"paging"`):]...)
		}}, "landed"},
		"a page that comes twice":     {fake.Fault{Match: "/campaigns", Times: -1, Status: 200, Body: `{"data":[],"paging":{"cursors":{"after":"same"},"next":"https://x"}}`}, "failed answer_shape"},
		"a next one without a cursor": {fake.Fault{Match: "/campaigns", Change: func(b []byte) []byte { return []byte(`{"data":[],"paging":{"next":"https://x"}}`) }}, "failed answer_shape"},
		"no campaigns":                {fake.Fault{Match: "/campaigns", Change: func(b []byte) []byte { return []byte(`{"data":[]}`) }}, "landed"},
		"a token in a row":            {fake.Fault{Match: "/campaigns.*after", Change: func(b []byte) []byte { return []byte(strings.Replace(string(b), `"C"`, `"`+metaToken+`"`, 1)) }}, "failed answer_shape"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // they wait for the disk
			w := newMetaWorld(t, fake.MetaConfig{Campaigns: many}, "campaigns")
			w.fake.Inject(c.fault)
			equal(t, w.fetch(t), "metaads/campaigns:main "+c.want)
			if n := len(w.fake.Calls()); n > 6 {
				t.Errorf("%d calls", n)
			}
		})
	}
}
