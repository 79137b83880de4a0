package extract

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"bedrot/extract/api"
	"bedrot/extract/fake"
	"bedrot/zones"
)

// world is a lake, a made-up service and a runner over both.
type world struct {
	*Runner
	lake  *zones.Lake
	kit   *fake.Kit
	env   map[string]string
	now   time.Time
	waits []time.Duration
	mu    sync.Mutex
	log   strings.Builder
}

var worldNow = time.Date(2026, time.November, 26, 4, 0, 0, 0, time.UTC)

// counts is a source with a stream of days and one of pictures; each answer has the days asked for.
func counts(base string) Source {
	return Source{
		Name: "counts", Title: "Counts",
		Settings: []Setting{
			{Name: "COUNTS_TOKEN", Required: true, Secret: true, Doc: "the token"},
			{Name: "COUNTS_URL", Default: base, Doc: "where it is"},
		},
		Streams: []Stream{
			{Name: "days", Fetch: &Fetch{Doors: []Door{ByAPI, ByInbox}, LookBack: 3, History: 20, Chunk: 10}},
			{Name: "now", Fetch: &Fetch{Doors: []Door{ByAPI}}},
			{Name: "export", Manual: true},
		},
		API: API{Policy: api.Policy{Tries: 3, Stall: 200 * time.Millisecond}},
		Extract: func(ctx context.Context, s *Session) error {
			client := s.Client(func(r *http.Request) error {
				r.Header.Set("Authorization", "Bearer "+s.Setting("COUNTS_TOKEN"))
				return nil
			})
			return s.Each(ctx, func(ctx context.Context, ask Ask, drop *Drop) error {
				since, until := ask.Days()
				address := s.Setting("COUNTS_URL") + "/" + s.Account + "/" + ask.Stream.Name
				answer, err := client.Do(ctx, api.Request{URL: address, Query: map[string][]string{"since": {since}, "until": {until}}})
				if err != nil {
					return err
				}
				var page struct {
					Data []json.RawMessage `json:"data"`
				}
				if err := answer.Decode(&page); err != nil {
					return err
				}
				drop.From(address)
				return drop.Page("page.json", answer.Body)
			})
		},
	}
}

func newWorld(t *testing.T, accounts ...string) *world {
	t.Helper()
	w := &world{env: map[string]string{"COUNTS_TOKEN": "canary-token-1"}, now: worldNow}
	w.kit = &fake.Kit{Now: func() time.Time { return w.now }}
	server := httptest.NewServer(w.kit.Wrap(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer canary-token-1" {
			out.WriteHeader(http.StatusUnauthorized)
			return
		}
		out.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprintf(out, `{"data":[{"path":%q,"since":%q}]}`, r.URL.Path, r.URL.Query().Get("since"))
	})))
	t.Cleanup(server.Close)
	lake, err := zones.Init(t.TempDir(), "", zones.Files{}, w.now)
	if err != nil {
		t.Fatal(err)
	}
	if len(accounts) > 0 {
		lake.Config.Accounts = map[string][]string{"counts": accounts}
	}
	writer, err := lake.Lock("extract", w.now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = writer.Close() })
	w.lake = lake
	w.Runner = &Runner{
		Lake: writer, Sources: []Source{counts(server.URL)}, Run: "r1", Now: func() time.Time { return w.now },
		Values: Values{Env: func(name string) (string, bool) { value, ok := w.env[name]; return value, ok }},
		Log:    slog.New(slog.NewTextHandler(&w.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Wait: func(ctx context.Context, d time.Duration) error {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.waits = append(w.waits, d)
			return ctx.Err()
		},
	}
	return w
}

// fetch runs the runner and tells what came of it in a line each.
func (w *world) fetch(t *testing.T) []string {
	t.Helper()
	w.outcomes = nil
	outcomes, err := w.Fetch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return lines(outcomes)
}

func lines(outcomes []Outcome) []string {
	var list []string
	for _, o := range outcomes {
		line := strings.TrimSpace(fmt.Sprintf("%s/%s:%s %s %s %s", o.Source, o.Stream, o.Account, o.Status, o.Since, o.Until))
		if o.Err != nil {
			line += " " + o.Err.Code
		}
		list = append(list, line)
	}
	return list
}

func equal(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got\n  %s\nwanted\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

func TestFetchIsDueUntilItsFiguresAreFinal(t *testing.T) {
	w := newWorld(t)
	first := w.fetch(t)
	equal(t, first, // 21 days in chunks of 10, the newest first
		"counts/days:main landed 2026-11-26 2026-11-26", "counts/days:main landed 2026-11-16 2026-11-25",
		"counts/days:main landed 2026-11-06 2026-11-15", "counts/now:main landed")
	equal(t, w.fetch(t)) // at once again: nothing is due
	w.now = w.now.AddDate(0, 0, 1)
	equal(t, w.fetch(t), "counts/days:main landed 2026-11-24 2026-11-27", "counts/now:main landed")
	w.now = w.now.AddDate(0, 0, 4) // three nights were missed
	equal(t, w.fetch(t), "counts/days:main landed 2026-11-25 2026-12-01", "counts/now:main landed")
	w.Backfill = Backfill{Since: worldNow.AddDate(0, 0, -12), Until: worldNow.AddDate(0, 0, -11)}
	equal(t, w.fetch(t)) // landed long after they were final
	w.Again = true
	w.Select.Only = []zones.Pattern{{Source: "counts", Stream: "days"}}
	equal(t, w.fetch(t), "counts/days:main landed 2026-11-14 2026-11-15")
	if wrong := w.kit.Wrong(); len(wrong) > 0 {
		t.Error(wrong)
	}
}

func TestWindowsWithTheSameAnswerAreAllRemembered(t *testing.T) {
	w := newWorld(t)
	w.kit.Inject(fake.Fault{Match: "/days", Times: -1, Status: 200, Body: `{"data":[]}`})
	equal(t, w.fetch(t), "counts/days:main landed 2026-11-26 2026-11-26", "counts/days:main landed 2026-11-16 2026-11-25",
		"counts/days:main landed 2026-11-06 2026-11-15", "counts/now:main landed")
	equal(t, w.fetch(t))
	w.now = w.now.AddDate(0, 0, 1)
	equal(t, w.fetch(t), "counts/days:main landed 2026-11-24 2026-11-27", "counts/now:main landed")
}

func TestFailuresOfFetching(t *testing.T) {
	page := fake.Fault{Match: "/main/days", Times: -1, Status: 200, Body: "<!DOCTYPE html><form>log in</form>", Header: map[string]string{"Content-Type": "text/html"}}
	for name, c := range map[string]struct {
		fault fake.Fault
		want  []string
		calls int
		waits int
	}{
		"one 500 is asked again":          {fake.Fault{Match: "/main/days", Status: 500, Body: "{}"}, []string{"days landed", "now landed"}, 3, 1},
		"500 for good":                    {fake.Fault{Match: "/main/now", Times: -1, Status: 500, Body: "{}"}, []string{"days landed", "now failed unreachable"}, 4, 2},
		"an outage ends the account":      {fake.Fault{Times: -1, Status: 503, Body: "{}"}, []string{"days failed unreachable", "now skipped"}, 3, 2},
		"429 with its wait":               {fake.Fault{Match: "/main/days", Status: 429, Body: "{}", Header: map[string]string{"Retry-After": "60"}}, []string{"days landed", "now landed"}, 3, 1},
		"429 for longer than a night":     {fake.Fault{Times: -1, Status: 429, Body: "{}", Header: map[string]string{"Retry-After": "40000"}}, []string{"days failed throttled", "now skipped"}, 1, 0},
		"a dead token":                    {fake.Fault{Times: -1, Status: 401, Body: "{}"}, []string{"days failed login_needed", "now skipped"}, 1, 0},
		"a missing permission":            {fake.Fault{Match: "/main/days", Times: -1, Status: 403, Body: "{}"}, []string{"days failed no_permission", "now landed"}, 2, 0},
		"a login page with 200":           {page, []string{"days failed answer_shape", "now landed"}, 2, 0},
		"a body that is cut":              {fake.Fault{Match: "/main/days", Cut: 5}, []string{"days landed", "now landed"}, 3, 1},
		"a body that stalls":              {fake.Fault{Match: "/main/days", Cut: 5, Stall: true}, []string{"days landed", "now landed"}, 3, 1},
		"half a JSON":                     {fake.Fault{Match: "/main/days", Times: -1, Status: 200, Body: `{"data":[`}, []string{"days failed unreachable", "now skipped"}, 3, 2},
		"another type of a field":         {fake.Fault{Match: "/main/days", Times: -1, Status: 200, Body: `{"data":{}}`}, []string{"days failed answer_shape", "now landed"}, 2, 0},
		"a redirect to another host":      {fake.Fault{Match: "/main/days", Times: -1, Status: 302, Header: map[string]string{"Location": "http://127.0.0.2:9/x"}}, []string{"days failed answer_shape", "now landed"}, 2, 0},
		"a bad request is not sent again": {fake.Fault{Match: "/main/days", Times: -1, Status: 400, Body: "{}"}, []string{"days failed request_refused", "now landed"}, 2, 0},
		"a token that comes back":         {fake.Fault{Match: "/main/days", Times: -1, Status: 200, Body: `{"data":["canary-token-1"]}`}, []string{"days failed answer_shape", "now landed"}, 2, 0},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.Sources[0].Streams[0].Fetch.History = 0
			w.kit.Inject(c.fault)
			var got []string
			for _, line := range w.fetch(t) {
				line = strings.TrimPrefix(line, "counts/")
				got = append(got, strings.Replace(strings.Replace(line, ":main", "", 1), " 2026-11-26 2026-11-26", "", 1))
			}
			equal(t, got, c.want...)
			if calls := w.kit.Calls(); len(calls) != c.calls || len(w.waits) != c.waits {
				t.Errorf("%d calls and %d waits, wanted %d and %d", len(calls), len(w.waits), c.calls, c.waits)
			}
			for _, o := range w.outcomes {
				if o.Err != nil && (o.Err.Next == "" || strings.Contains(o.Err.What+o.Err.Next, "canary")) {
					t.Errorf("the error says %q, next %q", o.Err.What, o.Err.Next)
				}
			}
			if strings.Contains(w.log.String(), "canary") {
				t.Error("the log holds the token")
			}
			left, _ := filepath.Glob(filepath.Join(w.Lake.Scratch.Dir, "fetch-*"))
			if len(left) > 0 {
				t.Errorf("%v is left behind", left)
			}
		})
	}
}

func TestOneAccountsFailureIsNoOthers(t *testing.T) {
	w := newWorld(t, "zone_a0", "pig1987")
	w.Sources[0].Streams[0].Fetch.History = 0
	w.env["COUNTS_TOKEN_ZONE_A0"] = "canary-dead-2"
	equal(t, w.fetch(t),
		"counts/days:pig1987 landed 2026-11-26 2026-11-26", "counts/now:pig1987 landed",
		"counts/days:zone_a0 failed 2026-11-26 2026-11-26 login_needed", "counts/now:zone_a0 skipped")
	other := counts("http://127.0.0.1:1")
	other.Name, other.Extract = "broken", func(context.Context, *Session) error { panic("a mistake") }
	w.Sources, w.now = append(w.Sources, other), w.now.Add(21*time.Hour)
	got := w.fetch(t)
	if !slices.Contains(got, "broken/days:main failed 2026-11-27 2026-11-27 failed") || !slices.Contains(got, "counts/now:pig1987 landed") {
		t.Error(got)
	}
}

func TestFiveFailuresRestAnAccount(t *testing.T) {
	w := newWorld(t)
	w.Sources[0].Streams = slices.Insert(w.Sources[0].Streams, 0, Stream{Name: "fine", Fetch: &Fetch{Doors: []Door{ByAPI}}})
	w.Sources[0].Streams[1].Fetch.Chunk = 2
	w.kit.Inject(fake.Fault{Match: "/days", Times: -1, Status: 500, Body: "{}"})
	var failed, skipped, rested int
	w.fetch(t)
	for _, o := range w.outcomes {
		switch {
		case o.Status == Skipped:
			skipped++
		case o.Err != nil && o.Err.Code == "account_rested":
			rested++
		case o.Err != nil:
			failed++
		}
	}
	if failed != 4 || rested != 1 || skipped != 7 { // 11 windows and now; fine was first
		t.Errorf("%d failed, %d rested, %d skipped", failed, rested, skipped)
	}
	if calls := len(w.kit.Calls()); calls != 1+5+3 { // three retries are the reserve
		t.Errorf("%d calls", calls)
	}
}

func TestALimitOfAPartLeavesTheOtherStreamsAlone(t *testing.T) {
	w := newWorld(t)
	w.Sources[0].Streams[0].Fetch.History = 0
	w.Sources[0].API.Policy.Judge = func(a *api.Answer) *api.Fault {
		if a.Status != http.StatusTooManyRequests {
			return nil
		}
		return &api.Fault{Kind: api.Throttled, Message: "too many", First: 30 * time.Second, Part: true}
	}
	w.kit.Inject(fake.Fault{Match: "/days", Times: -1, Status: 429, Body: "{}"})
	equal(t, w.fetch(t), "counts/days:main failed 2026-11-26 2026-11-26 throttled", "counts/now:main landed")
	for i, least := range []time.Duration{30 * time.Second, time.Minute} { // and a little, so that clients part
		if len(w.waits) != 2 || w.waits[i] < least || w.waits[i] > least+10*time.Second {
			t.Errorf("waits of %v", w.waits)
		}
	}
}

func TestFetchingEndsWithItsContextAndItsTime(t *testing.T) {
	w := newWorld(t)
	ctx, cancel := context.WithCancel(t.Context())
	w.kit.Inject(fake.Fault{Match: "/now", Times: -1, Cut: 3, Stall: true})
	w.Sources[0].API.Policy.Stall = time.Minute
	w.Tell = func(o Outcome) {
		if o.Since == "2026-11-06" { // the last before the one that stalls
			time.AfterFunc(50*time.Millisecond, cancel)
		}
	}
	outcomes, err := w.Fetch(ctx)
	if !errors.Is(err, context.Canceled) || len(outcomes) != 3 {
		t.Errorf("%v, %v", lines(outcomes), err)
	}
	left, _ := os.ReadDir(w.lake.Path("landing", "counts"))
	if len(left) != 1 {
		t.Errorf("%v landed", left)
	}
}

func TestWhatIsNotConfiguredIsLeftAlone(t *testing.T) {
	w := newWorld(t)
	w.env = nil
	equal(t, w.fetch(t))
	w.Sources[0].Settings = append(w.Sources[0].Settings, Setting{Name: "COUNTS_ID", Required: true})
	w.Values.File = map[string]string{"COUNTS_ID": "7"}
	got := w.fetch(t)
	equal(t, got, "counts/:main failed setting_missing")
	w.DryRun, w.env = true, map[string]string{"COUNTS_TOKEN": "canary-token-1"}
	if got := w.fetch(t); len(got) != 4 || !strings.Contains(got[0], "planned 2026-11-26") || len(w.kit.Calls()) > 0 {
		t.Error(got)
	}
	w.lake.Config.Settings = map[string]string{"COUNTS_TOKEN": "x"}
	if _, err := w.Fetch(t.Context()); err == nil || !strings.Contains(err.Error(), "secret") {
		t.Error(err)
	}
	w.lake.Config.Settings = map[string]string{"COUNTS_IDD": "x"}
	if _, err := w.Fetch(t.Context()); err == nil || !strings.Contains(err.Error(), "no setting") {
		t.Error(err)
	}
}

func TestWhatComesBesideTheDrops(t *testing.T) {
	w := newWorld(t)
	w.Sources[0].Streams[0].Fetch.History = 0
	w.Sources[0].Extract = func(ctx context.Context, s *Session) error {
		client := s.Client(func(r *http.Request) error {
			r.Header.Set("Authorization", "Bearer "+s.Setting("COUNTS_TOKEN"))
			return nil
		})
		address := s.Setting("COUNTS_URL")
		if _, err := client.Do(ctx, api.Request{URL: address + "/login"}); err != nil {
			return err
		}
		s.Warn("login_ending", "make another", "canary-token-1 ends soon")
		return s.Each(ctx, func(ctx context.Context, ask Ask, drop *Drop) (err error) {
			if ask.Stream.Name == "now" {
				return &api.Fault{Kind: api.Invalid, Name: "version_retired", Message: "gone"}
			}
			page := func(name, page string) { err = errors.Join(err, drop.Page(name, json.RawMessage(page))) }
			never, whole := drop.Mark("never.json"), drop.Mark("whole.json")
			page("whole.json", `{}`)
			page("kept.json", `{"data":[]}`)
			half := drop.Mark("kept.json")
			page("kept.json", `{"data":[1]}`)
			drop.Warn("schema_drift", "odd")
			err = errors.Join(err, never(), whole(), half())
			page("kept.json", `{"data":[ ]}`)
			return err
		})
	}
	equal(t, w.fetch(t), "counts/days:main landed 2026-11-26 2026-11-26", "counts/now:main failed version_retired")
	landed, failed := w.outcomes[0], w.outcomes[1]
	if landed.Requests != 1 || landed.Pages != 2 || landed.Bytes != 24 || failed.Requests != 0 {
		t.Errorf("%+v", landed)
	}
	if len(landed.Warnings) != 2 || landed.Warnings[0].What != "*** ends soon" || landed.Warnings[1].What != "odd" || len(failed.Warnings) > 0 {
		t.Errorf("%+v", landed.Warnings)
	}
	drop, err := w.lake.ReadDrop("counts", "days", "main", landed.Drop)
	if err != nil || len(drop.Files) != 1 || drop.Files[0].Name != "kept.json" || drop.Files[0].Bytes != 24 {
		t.Errorf("%+v, %v", drop.Files, err)
	}
}
