package extract

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"bedrot/extract/api"
	"bedrot/extract/fake"
	"bedrot/zones"
)

const mailKey = "canary0123456789abcdef0123456789-us21"

// mailWorld is a lake and a Mailchimp that it fetches from.
type mailWorld struct {
	*world
	fake *fake.Mailchimp
}

func newMailWorld(t *testing.T, config fake.MailchimpConfig) *mailWorld {
	t.Helper()
	w := &mailWorld{world: newWorld(t)}
	config.Key, config.Now = mailKey, func() time.Time { return w.now }
	if config.Since.IsZero() {
		config.Since = time.Date(2024, time.February, 10, 17, 30, 0, 0, time.UTC)
	}
	config.Every = cmp.Or(config.Every, 14*24*time.Hour)
	w.fake = fake.NewMailchimp(config)
	server := httptest.NewServer(w.fake)
	t.Cleanup(server.Close)
	w.kit, w.env = w.fake.Kit, map[string]string{"MAILCHIMP_API_KEY": mailKey, "MAILCHIMP_API_URL": server.URL}
	source := mailchimp()
	source.API.Policy.Stall = 200 * time.Millisecond
	w.Sources = []Source{source}
	return w
}

// only leaves one stream.
func (w *mailWorld) only(streams ...string) {
	w.Select.Only = nil
	for _, stream := range streams {
		w.Select.Only = append(w.Select.Only, zones.Pattern{Source: "mailchimp", Stream: stream})
	}
}

// queries are the parameters of the calls of a path since the last look.
func (w *mailWorld) queries(t *testing.T, path string, skip int) []url.Values {
	t.Helper()
	var list []url.Values
	for _, call := range w.kit.Calls()[skip:] {
		if call.Path == path {
			query, err := url.ParseQuery(call.Query)
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, query)
		}
	}
	return list
}

// pages are what the newest drop of a stream holds.
func (w *mailWorld) pages(t *testing.T, stream string) (*zones.Drop, []map[string]json.RawMessage) {
	t.Helper()
	ids, err := w.lake.DropIDs("mailchimp", stream, "main")
	if err != nil || len(ids) == 0 {
		t.Fatalf("no drop of %s: %v", stream, err)
	}
	drop, err := w.lake.ReadDrop("mailchimp", stream, "main", ids[len(ids)-1])
	if err != nil {
		t.Fatal(err)
	}
	if len(drop.Files) != 1 {
		t.Fatalf("%d files", len(drop.Files))
	}
	text, err := os.ReadFile(filepath.Join(w.lake.DropDir("mailchimp", stream, "main", drop.ID), drop.Files[0].Path))
	if err != nil {
		t.Fatal(err)
	}
	var pages []map[string]json.RawMessage
	for line := range bytes.Lines(text) {
		var page map[string]json.RawMessage
		if err := json.Unmarshal(line, &page); err != nil {
			t.Fatal(err)
		}
		pages = append(pages, page)
	}
	return drop, pages
}

func entriesOf(t *testing.T, pages []map[string]json.RawMessage, name string) []map[string]any {
	t.Helper()
	var all []map[string]any
	for _, page := range pages {
		var entries []map[string]any
		decoder := json.NewDecoder(bytes.NewReader(page[name]))
		decoder.UseNumber()
		if err := decoder.Decode(&entries); err != nil {
			t.Fatal(err)
		}
		all = append(all, entries...)
	}
	return all
}

// clean fails the test when anything secret or private is in the lake or was said, or the client was careless.
func (w *mailWorld) clean(t *testing.T) {
	t.Helper()
	if wrong := w.fake.Wrong(); len(wrong) > 0 {
		t.Errorf("the service complains: %q", wrong)
	}
	texts := map[string]string{"the log": w.log.String()}
	for _, o := range w.outcomes {
		text, err := json.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		texts["an outcome"] += string(text)
	}
	err := filepath.WalkDir(w.lake.Path(), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		texts[path] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for where, text := range texts {
		for _, secret := range []string{"canary", "Y2FuYXJ5", "OmNhbmFy", "@example", `"from_name"`, `"share_password"`, `"address1"`} {
			if strings.Contains(text, secret) {
				t.Errorf("%s holds %s", where, secret)
			}
		}
	}
	if left, _ := filepath.Glob(filepath.Join(w.Lake.Scratch.Dir, "fetch-*")); len(left) > 0 {
		t.Errorf("%v is left behind", left)
	}
}

func TestMailchimpLandsItsFourStreams(t *testing.T) {
	w := newMailWorld(t, fake.MailchimpConfig{})
	equal(t, w.fetch(t), "mailchimp/campaigns:main landed", "mailchimp/growth_history:main landed", "mailchimp/lists:main landed", "mailchimp/reports:main landed")
	// 10 Feb 2024 to 26 Nov 2026 are 1019 days and some: newsletters 0 to 72.
	drop, pages := w.pages(t, "reports")
	reports := entriesOf(t, pages, "reports")
	if len(pages) != 1 || len(reports) != 73 || string(pages[0]["total_items"]) != "73" {
		t.Errorf("%d pages with %d reports", len(pages), len(reports))
	}
	if drop.Origin != "extract" || !drop.AsOf.Equal(worldNow) || drop.Files[0].Name != "reports_20261126_040000.ndjson" || strings.Contains(drop.URL, "?") || !strings.HasSuffix(drop.URL, "/3.0/reports") {
		t.Errorf("%+v", drop)
	}
	if _, more := reports[0]["share_report"]; more || !bytes.Contains(pages[0]["reports"], []byte(`"total_revenue":`)) || fmt.Sprint(reports[0]["id"]) == "" {
		t.Errorf("%v", reports[0])
	}
	_, pages = w.pages(t, "campaigns")
	if campaigns := entriesOf(t, pages, "campaigns"); len(campaigns) != 74 || campaigns[73]["status"] != "save" {
		t.Errorf("%d campaigns", len(campaigns))
	}
	_, pages = w.pages(t, "lists")
	if lists := entriesOf(t, pages, "lists"); len(lists) != 2 || lists[0]["stats"].(map[string]any)["total_contacts"] == nil {
		t.Errorf("%v", lists)
	}
	_, pages = w.pages(t, "growth_history")
	if months := entriesOf(t, pages, "history"); len(pages) != 2 || len(months) != 2*34 || months[33]["month"] != "2026-11" {
		t.Errorf("%d pages, %d months", len(pages), len(months))
	}
	if calls := len(w.kit.Calls()); calls != 1+1+1+(1+2) {
		t.Errorf("%d calls", calls)
	}
	equal(t, w.fetch(t)) // nothing is due
	w.clean(t)
}

func TestMailchimpReadsReportsAgainForAMonth(t *testing.T) {
	w := newMailWorld(t, fake.MailchimpConfig{})
	w.only("reports")
	w.fetch(t)
	if first := w.queries(t, "/3.0/reports", 0); len(first) != 1 || first[0].Has("since_send_time") || first[0].Get("before_send_time") != "2026-11-26T04:00:00+00:00" {
		t.Errorf("%v", first)
	}
	w.now = w.now.AddDate(0, 0, 1)
	w.fake.Restate(fake.MailchimpCampaign(72), 3)
	w.fetch(t)
	second := w.queries(t, "/3.0/reports", 1)
	if second[0].Get("since_send_time") != "2026-10-27T04:00:00+00:00" || strings.Contains(w.kit.Calls()[1].Query, "00:00+") {
		t.Errorf("%v", second)
	}
	drop, pages := w.pages(t, "reports")
	if reports := entriesOf(t, pages, "reports"); len(reports) != 2 || drop.Labels["since_send_time"] != "2026-10-27T04:00:00+00:00" {
		t.Errorf("%d reports, %v", len(reports), drop.Labels)
	}
	w.now = w.now.AddDate(0, 0, 5) // four nights were missed: what was fresh then is read once more
	w.fetch(t)
	if third := w.queries(t, "/3.0/reports", 2); third[0].Get("since_send_time") != "2026-10-28T04:00:00+00:00" {
		t.Errorf("%v", third)
	}
	w.now = w.now.AddDate(0, 0, 120) // so long that everything is asked for
	w.fetch(t)
	if fourth := w.queries(t, "/3.0/reports", 3); fourth[0].Has("since_send_time") {
		t.Errorf("%v", fourth)
	}
	w.clean(t)
}

func TestMailchimpPages(t *testing.T) {
	w := newMailWorld(t, fake.MailchimpConfig{PageCap: 30})
	w.only("reports")
	w.fetch(t)
	_, pages := w.pages(t, "reports")
	var offsets []string
	for _, query := range w.queries(t, "/3.0/reports", 0) {
		offsets = append(offsets, query.Get("offset"))
	}
	if all := entriesOf(t, pages, "reports"); len(pages) != 3 || len(all) != 73 || !slices.Equal(offsets, []string{"0", "30", "60"}) {
		t.Errorf("%d pages, %d reports, offsets %v", len(pages), len(all), offsets)
	}

	w = newMailWorld(t, fake.MailchimpConfig{PageCap: 30}) // one more appears while pages are read: another comes twice, and the total moves
	w.only("reports")
	w.kit.Inject(fake.Fault{Match: "offset=30", Change: func(body []byte) []byte {
		twice := `"reports":[{"id":"` + fake.MailchimpCampaign(43) + `","emails_sent":1,"opens":{},"clicks":{}},`
		return mailChanged(`"total_items":73`, `"total_items":74`)(mailChanged(`"reports":[`, twice)(body))
	}})
	equal(t, w.fetch(t), "mailchimp/reports:main landed")
	_, pages = w.pages(t, "reports")
	if o := w.outcomes[0]; len(entriesOf(t, pages, "reports")) != 73 || len(o.Warnings) != 1 || !strings.Contains(o.Warnings[0].What, "from 73 to 74") {
		t.Errorf("%d, %+v", len(entriesOf(t, pages, "reports")), o.Warnings)
	}

	for name, fault := range map[string]fake.Fault{ // none of them may leave half a drop
		"the second page is empty":     {Match: "offset=30", Times: -1, Status: 200, Body: `{"reports":[],"total_items":73}`},
		"the second page fails":        {Match: "offset=30", Times: -1, Status: 400, Body: `{"title":"Invalid Resource"}`},
		"every page is the first":      {Match: "offset=[^0]", Times: -1, Status: 200, Body: `{"reports":[{"id":"aaaa","emails_sent":1,"opens":{},"clicks":{}}],"total_items":99}`},
		"the second page is a subject": {Match: "offset=30", Times: -1, Change: mailChanged(`"id":`, `"email_address":"x","id":`)},
	} {
		t.Run(name, func(t *testing.T) {
			w := newMailWorld(t, fake.MailchimpConfig{PageCap: 30})
			w.only("reports")
			w.kit.Inject(fault)
			got := w.fetch(t)
			if ids, _ := w.lake.DropIDs("mailchimp", "reports", "main"); len(ids) > 0 || len(got) != 1 || !strings.Contains(got[0], "failed") || len(w.kit.Calls()) > 3 {
				t.Errorf("%v, %v, %d calls", got, ids, len(w.kit.Calls()))
			}
			w.clean(t)
		})
	}
}

// handled answers without a network.
type handled struct{ http.Handler }

func (h handled) RoundTrip(r *http.Request) (*http.Response, error) {
	answer := httptest.NewRecorder()
	h.ServeHTTP(answer, r)
	return answer.Result(), nil
}

func TestMailchimpReadsTenThousandPagesInFlatMemory(t *testing.T) {
	const pages = 10_000
	w := newMailWorld(t, fake.MailchimpConfig{})
	w.only("reports")
	w.Log = slog.New(slog.DiscardHandler)
	calls := 0
	var early, late runtime.MemStats
	w.Transport = handled{http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		switch calls++; calls {
		case pages / 10:
			runtime.GC()
			runtime.ReadMemStats(&early)
		case pages:
			runtime.GC()
			runtime.ReadMemStats(&late)
		}
		out.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprintf(out, `{"reports":[{"id":"%08x","emails_sent":1,"opens":{},"clicks":{},"preview_text":"%0200d"}],"total_items":%d}`, calls, calls, pages)
	})}
	equal(t, w.fetch(t), "mailchimp/reports:main landed")
	if o := w.outcomes[0]; calls != pages || o.Pages != pages || o.Requests != pages {
		t.Errorf("%d calls, %d pages", calls, o.Pages)
	}
	if grown := int64(late.HeapAlloc) - int64(early.HeapAlloc); grown > 2<<20 { // the answers have 3 MB
		t.Errorf("%d KB are left of 9,000 pages", grown>>10)
	}
}

func TestMailchimpPassesOverWhatIsDeleted(t *testing.T) {
	w := newMailWorld(t, fake.MailchimpConfig{})
	w.fake.Delete(fake.MailchimpCampaign(10))
	w.only("reports")
	w.fetch(t)
	if _, pages := w.pages(t, "reports"); len(entriesOf(t, pages, "reports")) != 72 || bytes.Contains(pages[0]["reports"], []byte(fake.MailchimpCampaign(10))) {
		t.Error("a campaign that is deleted has a report")
	}
	w.only("growth_history")
	w.fake.Delete(fake.MailchimpPress)
	equal(t, w.fetch(t), "mailchimp/growth_history:main landed")
	if _, pages := w.pages(t, "growth_history"); len(pages) != 1 || len(w.outcomes[0].Warnings) != 1 {
		t.Errorf("%d pages, %v", len(pages), w.outcomes[0].Warnings)
	}
	w.clean(t)

	w = newMailWorld(t, fake.MailchimpConfig{Empty: true}) // nothing is there, and that is an answer
	equal(t, w.fetch(t), "mailchimp/campaigns:main landed", "mailchimp/growth_history:main nothing", "mailchimp/lists:main landed", "mailchimp/reports:main landed")
	w.clean(t)
}

func TestMailchimpSettings(t *testing.T) {
	for _, key := range []string{"canary0123456789", "canary-", "canary-us21.example.com/", "canary-US 21"} {
		w := newMailWorld(t, fake.MailchimpConfig{})
		w.env["MAILCHIMP_API_KEY"] = key
		w.only("reports", "lists")
		equal(t, w.fetch(t), "mailchimp/lists:main skipped", "mailchimp/reports:main failed config")
		if e := w.outcomes[1].Err; !strings.Contains(e.What, "MAILCHIMP_API_KEY") || !strings.Contains(e.Next, ".env") || len(w.kit.Calls()) > 0 {
			t.Errorf("%+v", e)
		}
		w.clean(t)
	}
	w := newMailWorld(t, fake.MailchimpConfig{})
	delete(w.env, "MAILCHIMP_API_URL")
	w.only("lists")
	var asked string
	w.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
		asked = r.URL.Scheme + "://" + r.URL.Host + r.URL.Path
		return handled{w.fake}.RoundTrip(r)
	})
	equal(t, w.fetch(t), "mailchimp/lists:main landed")
	if asked != "https://us21.api.mailchimp.com/3.0/lists" {
		t.Error(asked)
	}
	w.fake.Revoke()
	w.now = w.now.AddDate(0, 0, 1)
	equal(t, w.fetch(t), "mailchimp/lists:main failed login_needed")
	w.clean(t)
}

func TestMailchimpProbe(t *testing.T) {
	w := newMailWorld(t, fake.MailchimpConfig{})
	probe := func() (string, error) {
		w.mask = &api.Mask{}
		return probeMailchimp(t.Context(), w.session(w.Sources[0], "main", ByAPI, api.NewGate(w.Sources[0].API.Policy), nil))
	}
	if hint, err := probe(); hint != "" || err != nil || len(w.kit.Calls()) != 1 {
		t.Error(hint, err, len(w.kit.Calls()))
	}
	w.fake.Revoke()
	if _, err := probe(); err == nil || !strings.Contains(err.Error(), "API Key Invalid") {
		t.Error(err)
	}
	empty := newMailWorld(t, fake.MailchimpConfig{Empty: true})
	w = empty
	if hint, err := probe(); !strings.Contains(hint, "no list") || err != nil {
		t.Error(hint, err)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
