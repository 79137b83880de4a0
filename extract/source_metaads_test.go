package extract

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"bedrot/extract/api"
	"bedrot/extract/fake"
	"bedrot/zones"
)

// metaWorld is a world whose source is metaads, asking a fake. Waits move the clock.
type metaWorld struct {
	*world
	fake *fake.Metaads
}

const metaToken = "EAAcanary-token"

func newMetaWorld(t *testing.T, cfg fake.MetaConfig, streams ...string) *metaWorld {
	t.Helper()
	w := &metaWorld{world: newWorld(t)}
	cfg.Now, cfg.Token = func() time.Time { return w.clock() }, metaToken
	w.fake = fake.NewMetaads(cfg)
	server := httptest.NewServer(w.fake)
	t.Cleanup(server.Close)
	source := metaads()
	source.API.Policy.PerSecond, source.API.Policy.Stall = 0, 200*time.Millisecond
	for i := range source.Streams {
		if source.Streams[i].Name == "insights" {
			source.Streams[i].Fetch.History = 30
		}
	}
	if len(streams) > 0 {
		source.Streams = slices.DeleteFunc(source.Streams, func(s Stream) bool { return !slices.Contains(streams, s.Name) })
	}
	w.Sources = []Source{source}
	w.env = map[string]string{"META_ACCESS_TOKEN": metaToken, "META_AD_ACCOUNT_ID": "act_1010035716096012", "META_API_URL": server.URL}
	if cfg.AppSecret != "" {
		w.env["META_APP_ID"], w.env["META_APP_SECRET"] = cfg.AppID, cfg.AppSecret
	}
	w.Now = w.clock
	w.Wait = func(ctx context.Context, d time.Duration) error {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.waits, w.now = append(w.waits, d), w.now.Add(d)
		return ctx.Err()
	}
	t.Cleanup(func() { w.safe(t) })
	return w
}

func (w *metaWorld) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

// safe looks for secrets in everything that is said or kept, and for half drops.
func (w *metaWorld) safe(t *testing.T) {
	t.Helper()
	told, err := json.Marshal(w.outcomes)
	if err != nil {
		t.Error(err)
	}
	texts := map[string]string{"the log": w.log.String(), "an outcome": string(told)}
	err = filepath.WalkDir(w.lake.Path(), func(path string, entry os.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(path)
		texts[path] = string(content)
		return err
	})
	if err != nil {
		t.Error(err)
	}
	for name, text := range texts {
		for _, secret := range []string{"canary", "access_token=", "appsecret_proof="} {
			if strings.Contains(text, secret) {
				t.Errorf("%s holds %s", name, secret)
			}
		}
	}
	if left, _ := filepath.Glob(filepath.Join(w.Lake.Scratch.Dir, "fetch-*")); len(left) > 0 {
		t.Errorf("%v is left behind", left)
	}
}

// rows are the rows in a file of a stream's newest drop.
func (w *metaWorld) rows(t *testing.T, stream, file string) (rows []map[string]json.RawMessage) {
	t.Helper()
	for _, line := range strings.Split(strings.TrimSpace(w.files(t, stream)[file]), "\n") {
		var page struct{ Data []map[string]json.RawMessage }
		if err := json.Unmarshal([]byte(line), &page); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		rows = append(rows, page.Data...)
	}
	return rows
}

// files are those of a stream's newest drop.
func (w *metaWorld) files(t *testing.T, stream string) map[string]string {
	t.Helper()
	ids, err := w.lake.DropIDs("metaads", stream, "main")
	if err != nil || len(ids) == 0 {
		t.Fatalf("%s: %v, %v", stream, ids, err)
	}
	drop, err := w.lake.ReadDrop("metaads", stream, "main", ids[len(ids)-1])
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, file := range drop.Files {
		content, err := os.ReadFile(filepath.Join(w.lake.Path("landing", "metaads", stream), "account=main", "drop="+drop.ID, file.Path))
		if err != nil {
			t.Fatal(err)
		}
		files[file.Name] = string(content)
	}
	return files
}

func (w *metaWorld) fine(t *testing.T) {
	t.Helper()
	if wrong := w.fake.Wrong(); len(wrong) > 0 {
		t.Error(strings.Join(wrong, "\n"))
	}
}

// metaWant is what a night fetches, by day and status.
func metaWant(status string) []string {
	return []string{
		"metaads/account:main " + status, "metaads/ads:main " + status, "metaads/adsets:main " + status, "metaads/campaigns:main " + status,
		"metaads/creatives:main " + status, "metaads/insights:main " + status + " 2026-10-27 2026-11-26",
	}
}

func TestMetaadsNight(t *testing.T) {
	w := newMetaWorld(t, fake.MetaConfig{AppID: "4711", AppSecret: "canary-app-secret"})
	w.Record = t.TempDir()
	equal(t, w.fetch(t), metaWant("landed")...)
	w.fine(t)
	for _, call := range w.fake.Calls() {
		if !strings.HasPrefix(call.Path, "/v25.0/") || !strings.Contains(call.Query, "appsecret_proof=") {
			t.Errorf("%s %s", call.Path, call.Query)
		}
	}
	if calls := len(w.fake.Calls()); calls != 2+4+9+1 { // the login and the account; the lists; the reports, one of them in two pages
		t.Errorf("%d calls", calls)
	}
	files := w.files(t, "insights")
	var names []string
	for name, text := range files {
		names = append(names, name)
		if strings.Contains(text, "next") {
			t.Errorf("%s: %.200s", name, text)
		}
	}
	slices.Sort(names)
	days := "_2026-10-27_2026-11-25.ndjson" // it is not yet the 26th in Los Angeles
	equal(t, names, "insights_ad"+days, "insights_adset"+days, "insights_campaign"+days, "insights_campaign_age_gender"+days, "insights_campaign_country"+days, "insights_campaign_publisher_platform"+days)
	for _, level := range []string{"ad", "adset", "campaign", "campaign_age_gender"} {
		spent := metaSpent(t, w.rows(t, "insights", "insights_"+level+days))
		if len(spent) < 40 {
			t.Errorf("%s: %d campaigns and days", level, len(spent))
		}
		for key, cents := range spent { // what was deleted and archived included
			day, _ := time.Parse(time.DateOnly, key[len(key)-10:])
			if want := w.fake.Spent(key[:len(key)-11], day); cents != want {
				t.Errorf("%s %s: %d, wanted %d", level, key, cents, want)
			}
		}
	}
	if n := len(w.rows(t, "ads", "ads.ndjson")); n != 6 { // two are archived or deleted
		t.Errorf("%d ads", n)
	}
	if text := w.files(t, "account")["account.ndjson"]; !strings.Contains(text, `"timezone_name":"America/Los_Angeles"`) {
		t.Error(text)
	}
	ids, _ := w.lake.DropIDs("metaads", "insights", "main")
	drop, err := w.lake.ReadDrop("metaads", "insights", "main", ids[0])
	if err != nil || drop.Labels["time_zone"] != "America/Los_Angeles" || drop.Since != "2026-10-27" || drop.Until != "2026-11-26" || !drop.AsOf.Equal(worldNow) {
		t.Errorf("%+v, %v", drop, err)
	}
	equal(t, w.fetch(t)) // at once again: nothing is due
	w.Again, w.Select.Only = true, []zones.Pattern{{Source: "metaads", Stream: "insights"}}
	w.Backfill.Since = worldNow // a day that has not begun where the account is
	equal(t, w.fetch(t), "metaads/insights:main nothing 2026-11-26 2026-11-26")
	recorded, err := os.ReadDir(filepath.Join(w.Record, "metaads-main"))
	if err != nil || len(recorded) != 18 { // two of them by the second fetch
		t.Errorf("%d recorded, %v", len(recorded), err)
	}
	for _, file := range recorded {
		text, err := os.ReadFile(filepath.Join(w.Record, "metaads-main", file.Name()))
		if err != nil || strings.Contains(string(text), "canary") || strings.Contains(string(text), "Bearer") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// metaSpent is what rows tell by campaign and day, in cents. What was archived comes twice, and counts once.
func metaSpent(t *testing.T, rows []map[string]json.RawMessage) map[string]int {
	t.Helper()
	lines, spent := map[string]string{}, map[string]int{}
	for _, row := range rows {
		day, _ := metaText(row["date_start"])
		campaign, _ := metaText(row["campaign_id"])
		amount, _ := metaText(row["spend"])
		line := fmt.Sprint(campaign, day, string(row["ad_id"]), string(row["age"]), string(row["gender"]))
		if lines[line] == amount {
			continue
		}
		if lines[line] != "" {
			t.Errorf("%s is %s and %s", line, lines[line], amount)
		}
		lines[line] = amount
		var whole, cents int
		if _, err := fmt.Sscanf(amount, "%d.%d", &whole, &cents); err != nil {
			t.Fatal(err)
		}
		spent[campaign+" "+day] += 100*whole + cents
	}
	return spent
}

func TestMetaadsNightAfter(t *testing.T) {
	w := newMetaWorld(t, fake.MetaConfig{}, "insights", "creatives")
	w.fetch(t)
	before := w.rows(t, "insights", "insights_ad_2026-10-27_2026-11-25.ndjson")
	w.now = w.now.AddDate(0, 0, 1)
	equal(t, w.fetch(t), "metaads/insights:main landed 2026-10-29 2026-11-27") // creatives are weekly
	after := w.rows(t, "insights", "insights_ad_2026-10-29_2026-11-26.ndjson")
	spend := func(rows []map[string]json.RawMessage, day string) (all string) {
		for _, row := range rows {
			if string(row["date_start"]) == `"`+day+`"` {
				all += string(row["spend"])
			}
		}
		return all
	}
	// On the 26th the 25th was not over; after that it is corrected once more, and older days are not.
	if a, b := spend(before, "2026-11-25"), spend(after, "2026-11-25"); a == "" || a == b {
		t.Errorf("the 25th: %s, then %s", a, b)
	}
	if a, b := spend(before, "2026-11-20"), spend(after, "2026-11-20"); a == "" || a != b {
		t.Errorf("the 20th: %s, then %s", a, b)
	}
	w.fine(t)
}

func TestMetaadsLogin(t *testing.T) {
	soon := worldNow.Add(100 * time.Hour)
	cfg := fake.MetaConfig{AppID: "4711", AppSecret: "canary-app-secret", Expires: soon}
	w := newMetaWorld(t, cfg, "account", "campaigns")
	equal(t, w.fetch(t), "metaads/account:main landed", "metaads/campaigns:main landed")
	warnings := append(w.outcomes[0].Warnings, w.outcomes[1].Warnings...)
	if len(warnings) != 1 || warnings[0].Code != "login_ending" || !strings.Contains(warnings[0].What, "2026-11-30 08:00") || warnings[0].Next != metaNewToken {
		t.Errorf("%+v", warnings)
	}
	hint, err := w.probe(t)
	if err != nil || !strings.HasPrefix(hint, "the token ends on 2026-11-30") {
		t.Error(hint, err)
	}
	w.fine(t)
	w.now = soon
	calls := len(w.fake.Calls())
	equal(t, w.fetch(t), "metaads/account:main failed login_needed", "metaads/campaigns:main skipped")
	if n := len(w.fake.Calls()) - calls; n != 1 {
		t.Errorf("%d calls with a dead token", n)
	}
	if _, err := w.probe(t); err == nil {
		t.Error("a dead token is fine")
	}

	w = newMetaWorld(t, fake.MetaConfig{AppSecret: "canary-app-secret"}, "campaigns")
	delete(w.env, "META_APP_SECRET")
	equal(t, w.fetch(t), "metaads/campaigns:main failed request_refused")
	if next := w.outcomes[0].Err.Next; !strings.Contains(next, "META_APP_SECRET") {
		t.Error(next)
	}
	w.env["META_APP_SECRET"], w.env["META_APP_ID"] = "canary-of-another", "4711" // then nobody says when it ends
	equal(t, w.fetch(t), "metaads/campaigns:main failed request_refused")
	w.env["META_AD_ACCOUNT_ID"] = "Label"
	equal(t, w.fetch(t), "metaads/campaigns:main failed config")
}

// probe asks as doctor does.
func (w *metaWorld) probe(t *testing.T) (string, error) {
	t.Helper()
	w.mask = &api.Mask{}
	source := w.Sources[0]
	s := w.session(source, "main", ByAPI, api.NewGate(source.API.Policy), nil)
	return source.Probe(t.Context(), s)
}

func TestMetaadsTooMuch(t *testing.T) {
	plain, want := newMetaWorld(t, fake.MetaConfig{}, "insights"), map[string][]string{}
	plain.fetch(t)
	for name := range plain.files(t, "insights") {
		want[name] = sortedRows(t, plain.rows(t, "insights", name))
	}
	for name, c := range map[string]struct {
		cfg   fake.MetaConfig
		fates []string
		want  string
		posts int
		gets  int // of insights
	}{
		// Pages of 200, 100, then 50 rows: of 66 campaigns and 19 archived ones (2+2+1), as many ad sets
		// (2+2+1), 121 and 48 ads (2+3+1), 330 lines by age and gender (2+7), 198 by country (2+4), 132 by
		// platform (2+3).
		"fewer rows": {fake.MetaConfig{SyncRows: 60}, nil, "landed", 0, 36},
		// 30 days are refused, 15 and 15 come: 3 for each of six reports, 2 for each of three about what is gone.
		"fewer days": {fake.MetaConfig{SyncDays: 15}, nil, "landed", 0, 24},
		// 30, 15 and 8 days are refused; then runs of 8, 7 and 15. What is gone is one run at once.
		"report runs": {fake.MetaConfig{SyncDays: 1}, nil, "landed", 6*3 + 3, 6*(3+3) + 3},
		// The run of 15 days is too large and becomes 8 and 7; what is gone is 8, 8, 8 and 6.
		"report runs of fewer days":      {fake.MetaConfig{SyncDays: 1, RunDays: 8}, nil, "landed", 6*5 + 3*4, 6*(3+4) + 3*4},
		"a run that is not known yet":    {fake.MetaConfig{SyncDays: 1}, []string{"early"}, "landed", 21, 39},
		"a run that fails once":          {fake.MetaConfig{SyncDays: 1}, []string{"failed"}, "landed", 22, 39},
		"a run that expires once":        {fake.MetaConfig{SyncDays: 1}, []string{"skipped"}, "landed", 22, 39},
		"a run that does not begin once": {fake.MetaConfig{SyncDays: 1}, []string{"idle"}, "landed", 22, 39},
		"a run that does not end once":   {fake.MetaConfig{SyncDays: 1}, []string{"slow"}, "landed", 22, 39},
		// The 8 days are 4 and 4, the 7 are 4 and 3, the 15 are 4, 4, 4 and 3; those of what is gone are eight.
		"runs that fail twice":   {fake.MetaConfig{SyncDays: 1}, []string{"failed", "failed"}, "landed", 2 + 8 + 8 + 5*3 + 2, 3 + 8 + 8 + 5*6 + 2},
		"runs that do not begin": {fake.MetaConfig{SyncDays: 1}, []string{"idle", "idle"}, "failed unreachable", 2, 3},
		// 8, 4, 2 and 1 days, twice each where it may have been chance.
		"runs that always fail": {fake.MetaConfig{SyncDays: 1}, slices.Repeat([]string{"failed"}, 40), "failed request_refused", 8, 3},
		"not even a day":        {fake.MetaConfig{SyncDays: 1}, slices.Repeat([]string{"large"}, 40), "failed request_refused", 4, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // they wait for the disk
			w := newMetaWorld(t, c.cfg, "insights")
			w.fake.Runs(c.fates...)
			got := w.fetch(t)
			status, code, _ := strings.Cut(c.want, " ")
			equal(t, got, strings.TrimSpace("metaads/insights:main "+status+" 2026-10-27 2026-11-26 "+code))
			posts, gets := 0, 0
			for _, call := range w.fake.Calls() {
				switch {
				case call.Method == http.MethodPost:
					posts++
				case strings.HasSuffix(call.Path, "/insights"):
					gets++
				}
			}
			if posts != c.posts || gets != c.gets {
				t.Errorf("%d runs and %d reports, wanted %d and %d", posts, gets, c.posts, c.gets)
			}
			w.fine(t)
			if c.want != "landed" {
				return
			}
			for name, a := range want {
				if b := sortedRows(t, w.rows(t, "insights", name)); !slices.Equal(a, b) {
					t.Errorf("%s has %d rows, wanted %d", name, len(b), len(a))
				}
			}
		})
	}
}

func sortedRows(t *testing.T, rows []map[string]json.RawMessage) (lines []string) {
	t.Helper()
	for _, row := range rows {
		if string(row["date_start"]) == `"2026-11-25"` {
			continue // goes on while it is asked for
		}
		line, err := json.Marshal(row)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, string(line))
	}
	slices.Sort(lines)
	return lines
}
