package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/pquerna/otp/totp"

	"bedrot/extract"
	"bedrot/extract/browser"
	"bedrot/extract/fake"
	"bedrot/extract/session"
	"bedrot/zones"
)

// night is a lake whose .env leads to servers on this machine that know the demo's label.
type night struct {
	*lake
	live   *extract.Live
	logins *session.Store
	env    map[string]string
	// chromium is one that runs already; nil is one of the run's own.
	chromium *browser.Engine
	at       atomic.Int64 // the servers' clock, which is the lake's
	mu       sync.Mutex
	waits    []time.Duration
	talk     bytes.Buffer // whatever was said, on both streams
}

// nightfall is within the demo's last night.
var nightfall = time.Date(2025, time.July, 28, 9, 30, 0, 0, time.UTC)

// since bounds histories: the demo knows a year and a half.
const since = "2025-06-08"

// totpSecret is what DistroKid's second factor is made of.
const totpSecret = "NNSXSZLEEBSGK3LPEB2G65DQ"

func newNight(t *testing.T, config string) *night {
	t.Helper()
	n := &night{lake: newLakeOn(t, func(l *lake) { l.now = nightfall })}
	n.at.Store(nightfall.UnixNano())
	var err error
	if n.live, err = extract.NewLive(extract.DemoConfig{Seed: 1987}, func() time.Time { return time.Unix(0, n.at.Load()).UTC() }); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = n.live.Close() })
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	n.logins = &session.Store{Dir: filepath.Join(t.TempDir(), "logins"), Now: func() time.Time { return n.now }, Key: identity.String()}
	n.env = n.live.Settings()
	maps.Copy(n.env, map[string]string{
		"DISTROKID_TOTP_SECRET": totpSecret, "TOOLOST_TOTP_SECRET": "MNQW4YLSPEQHI33MN5ZXI2LU",
		"BEDROT_SESSIONS": n.logins.Dir, "BEDROT_SESSION_KEY": n.logins.Key, "BEDROT_SESSION_PASSPHRASE": "canary passphrase of the logins",
	})
	n.live.Distrokid.Admit(fake.Person{Email: n.env["DISTROKID_EMAIL"], Password: n.env["DISTROKID_PASSWORD"], Code: func(at time.Time) string {
		code, _ := totp.GenerateCode(totpSecret, at)
		return code
	}})
	n.fetcher = n.quick
	n.inLake("lake.toml", config)
	n.settings(func(string) bool { return true })
	return n
}

// settings writes those into .env that belong to some sources; the others' are left out.
func (n *night) settings(of func(source string) bool) {
	n.t.Helper()
	var text strings.Builder
	for _, name := range slices.Sorted(maps.Keys(n.env)) {
		source, _, _ := strings.Cut(strings.ToLower(strings.Replace(name, "META_", "METAADS_", 1)), "_")
		if source == "bedrot" || of(source) {
			fmt.Fprintf(&text, "%s=%s\n", name, n.env[name])
		}
	}
	n.inLake(".env", text.String())
	if err := os.Chmod(filepath.Join(n.root, ".env"), 0o600); err != nil {
		n.t.Fatal(err)
	}
}

// tiktokLogins are those that a person brought.
func (n *night) tiktokLogins() {
	n.t.Helper()
	for _, account := range n.live.Accounts()["tiktok"] {
		login, err := n.live.Logins().Load("tiktok", account)
		if err = errors.Join(err, n.logins.Save("tiktok", account, login)); err != nil {
			n.t.Fatal(err)
		}
	}
}

// tiktokLogin is one more session of an account, as somebody with that handle.
func (n *night) tiktokLogin(account, handle string) {
	n.t.Helper()
	cookie := session.Cookie{Name: n.live.Tiktok.Cookie, Value: n.live.Tiktok.Session(handle), Domain: "127.0.0.1", Path: "/", Expires: -1, HTTPOnly: true, SameSite: "Lax"}
	text, err := json.Marshal(session.Record{LoggedInAt: n.now, State: session.State{Cookies: []session.Cookie{cookie}}})
	if err = errors.Join(err, n.logins.Save("tiktok", account, text)); err != nil {
		n.t.Fatal(err)
	}
}

// quick sets up a runner that waits for nobody.
func (n *night) quick(r *extract.Runner) {
	r.Tokens, r.Browser.Step, r.Chromium = n.logins, 10*time.Second, n.chromium
	r.Wait = func(ctx context.Context, d time.Duration) error {
		n.mu.Lock()
		defer n.mu.Unlock()
		n.waits = append(n.waits, d.Round(time.Second))
		return ctx.Err()
	}
	for i := range r.Sources {
		r.Sources[i].API.Policy.PerSecond, r.Sources[i].API.Policy.Stall = 0, 200*time.Millisecond
	}
}

// later moves all clocks.
func (n *night) later(d time.Duration) {
	n.now = n.now.Add(d)
	n.at.Store(n.now.UnixNano())
}

// told is what --json says of a run.
type told struct {
	Status  string
	Fetched []zones.Event
	Result  struct{ Findings []zones.Error }
	code    int
}

// fetch runs bedrot and reads its report.
func (n *night) fetch(args ...string) (report told) {
	n.t.Helper()
	said := n.run(append([]string{"--json"}, args...)...)
	n.talk.WriteString(said.out + said.err)
	if err := json.Unmarshal([]byte(said.out), &report); err != nil {
		n.t.Fatalf("bedrot %v: exit %d: %v\n%s%s", args, said.code, err, said.out, said.err)
	}
	report.code = said.code
	return report
}

// streams are the outcomes of what was fetched, by source/stream:account; windows of one stream are one.
func (r told) streams() map[string]string {
	all := map[string]string{}
	for _, e := range r.Fetched {
		name := e.Source + "/" + e.Stream + ":" + e.Account
		if all[name] != "" && all[name] != e.Status {
			e.Status = all[name] + " " + e.Status
		}
		all[name] = e.Status
	}
	return all
}

// found are the codes of what is wrong by source:account.
func (r told) found() map[string]string {
	all := map[string]string{}
	for _, e := range r.Result.Findings {
		if e.Severity == "error" {
			all[e.Source+":"+e.Account] = e.Code
		}
	}
	return all
}

func (n *night) kits() map[string]*fake.Kit {
	return map[string]*fake.Kit{
		"metaads": &n.live.Metaads.Kit, "youtube": &n.live.Youtube.Kit, "mailchimp": n.live.Mailchimp.Kit,
		"distrokid": n.live.Distrokid.Kit, "toolost": n.live.Toolost.Kit, "tiktok": n.live.Tiktok.Kit,
	}
}

// calls is how many came in everywhere.
func (n *night) calls() (all int) {
	for _, kit := range n.kits() {
		all += len(kit.Calls())
	}
	return all
}

// well asserts that no client made a mistake, and that nothing is left in the lake's scratch folder.
func (n *night) well() {
	n.t.Helper()
	for name, kit := range n.kits() {
		if wrong := kit.Wrong(); len(wrong) > 0 {
			n.t.Errorf("%s complains: %v", name, wrong)
		}
	}
	left, err := os.ReadDir(filepath.Join(n.root, "run"))
	if err != nil {
		n.t.Error(err)
	}
	for _, entry := range left {
		if entry.IsDir() {
			n.t.Errorf("run/%s is left behind", entry.Name())
		}
	}
}

// tables are those that a night of all sources is looked at by.
func (n *night) tables(names ...string) {
	n.catalog = embeddedCatalog(n.t).For(append(names, "raw.metaads__account", "raw.youtube__videos", "raw.mailchimp__lists", "raw.distrokid__streams", "raw.toolost__spotify", "raw.tiktok__overview"))
}

// needsChromium skips where there is none: just setup brings it.
func needsChromium(t *testing.T) {
	t.Helper()
	if _, _, err := browser.Find(chromium()); err != nil {
		t.Skip(err)
	}
}

// shared is one Chromium for all tests but those that are about starting and ending it.
var shared struct {
	once   sync.Once
	engine *browser.Engine
	dir    string
	err    error
}

func sharedChromium(t *testing.T) *browser.Engine {
	t.Helper()
	shared.once.Do(func() {
		if shared.dir, shared.err = os.MkdirTemp("", "bedrot-test-"); shared.err == nil {
			o := chromium()
			o.Scratch, o.Step = shared.dir, 10*time.Second
			shared.engine, shared.err = browser.Start(context.WithoutCancel(t.Context()), o)
		}
	})
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return shared.engine
}

// endShared ends it.
func endShared() {
	if shared.engine != nil {
		_ = shared.engine.Close()
	}
	if shared.dir != "" {
		_ = os.RemoveAll(shared.dir)
	}
}

// meet keeps every source's first answer back until all were asked: what is not side by side never ends.
func (n *night) meet(sources ...string) {
	ctx, kits := n.ctx, n.kits()
	for _, source := range sources {
		kits[source].Inject(fake.Fault{Change: func(answer []byte) []byte {
			for _, other := range sources {
				for len(kits[other].Calls()) == 0 && ctx.Err() == nil {
					time.Sleep(5 * time.Millisecond)
				}
			}
			return answer
		}})
	}
}

const twoAccounts = "[accounts]\ntiktok = [\"zone_a0\", \"pig1987\"]\n"

func TestANightIsFetchedBuiltAndAnswered(t *testing.T) {
	needsChromium(t)
	n := newNight(t, twoAccounts+"[extract]\nparallel = 6\n")
	n.tiktokLogins()
	n.tables("staging.metaads__ad_performance", "staging.youtube__days", "staging.youtube__channels", "staging.distrokid__sales")
	limited, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	n.ctx = limited
	n.meet("metaads", "youtube", "mailchimp", "distrokid", "toolost", "tiktok")
	report := n.fetch("run", "--since", since)
	if report.code != 0 || report.Status != "done" {
		t.Fatalf("exit %d, %s: %+v", report.code, report.Status, report.Result.Findings)
	}
	opened, err := zones.Open(n.root, "", zones.Files{})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	for _, source := range extract.Sources() {
		for _, stream := range source.Streams {
			for _, account := range opened.Config.AccountsOf(source.Name) {
				if extract.Fetched(source, stream.Name) {
					want[source.Name+"/"+stream.Name+":"+account] = "landed"
				}
			}
		}
	}
	want["youtube/channel_basic:main"] = "nothing" // the job is made tonight; its first file comes in a day or two
	if got := report.streams(); !maps.Equal(got, want) {
		t.Errorf("fetched %v\nwanted %v", got, want)
	}
	for _, e := range report.Fetched {
		if e.Status == "landed" && (e.Drop == "" || *e.BytesIn == 0 || e.Door == "api" && *e.Requests == 0) {
			t.Errorf("%+v", e)
		}
	}
	n.equal("select count(*) from meta.fetches", fmt.Sprint(len(report.Fetched)))
	n.equal("select count(distinct (source, stream, account, drop_id)) from meta.fetches where outcome = 'landed'", fmt.Sprint(n.drops()))

	t.Run("every source is queried", func(t *testing.T) {
		day := time.Date(2025, time.July, 10, 0, 0, 0, 0, time.UTC)
		n.equal("select (sum(spend) * 100)::bigint from staging.metaads__ad_performance where campaign_id = '120211234567890123' and date = '2025-07-10'", fmt.Sprint(n.live.Metaads.Spent("120211234567890123", day)))
		n.equal("select sum(views) from staging.youtube__days where date = '2025-07-10'", fmt.Sprint(n.live.Youtube.ViewsOn(n.one("select any_value(channel_id) from staging.youtube__channels"), day)))
		for _, table := range []string{"raw.mailchimp__lists", "staging.distrokid__sales", "raw.distrokid__streams", "raw.toolost__spotify"} {
			if n.one("select count(*) from "+table) == "0" {
				t.Errorf("%s is empty", table)
			}
		}
		n.equal("select string_agg(distinct account, ' ' order by account) from raw.tiktok__overview", "pig1987 zone_a0")
	})
	t.Run("at once again nothing is due", func(t *testing.T) {
		before, calls := n.state(), n.calls()
		n.later(time.Minute)
		again := n.fetch("run", "--since", since)
		// Of a job without a file nothing remembers that it was asked.
		if asked := again.streams(); again.code != 0 || !maps.Equal(asked, map[string]string{"youtube/channel_basic:main": "nothing"}) || n.calls() > calls+3 {
			t.Errorf("exit %d, %d calls: %v", again.code, n.calls()-calls, asked)
		}
		if changed := differences(before, n.state()); len(changed) > 0 {
			t.Errorf("changed: %v", changed)
		}
	})
	n.well()
	n.silent()
}

// asked are the windows of a stream that were fetched, as since..until, sorted.
func (r told) asked(source, stream string) (windows []string) {
	for _, e := range r.Fetched {
		if e.Source == source && e.Stream == stream {
			windows = append(windows, e.Since+".."+e.Until)
		}
	}
	slices.Sort(windows)
	return windows
}

func TestMissedNightsAndRestatedDays(t *testing.T) {
	n := newNight(t, "")
	n.catalog = embeddedCatalog(t).For([]string{"staging.metaads__ad_performance"})
	n.settings(func(source string) bool { return source == "metaads" })
	run := func(wanted ...string) {
		t.Helper()
		report := n.fetch("run", "--since", since, "--only", "metaads/insights", "--only", "metaads/account")
		if got := report.asked("metaads", "insights"); report.code != 0 || !slices.Equal(got, wanted) {
			t.Fatalf("exit %d, %v, wanted %v: %+v", report.code, got, wanted, report.Result.Findings)
		}
	}
	run("2025-06-08..2025-07-08", "2025-07-09..2025-07-28")
	missed := func() string {
		return n.one("select count(distinct date) from staging.metaads__ad_performance where date between '2025-07-29' and '2025-08-01'")
	}
	n.later(4 * 24 * time.Hour) // the nights of 29, 30 and 31 July did not happen
	// A day is final 29 days after it: on 28 July all up to 29 June were.
	run("2025-06-30..2025-07-30", "2025-07-31..2025-08-01")
	if got := missed(); got != "4" && got != "3" { // it is still 31 July in Los Angeles
		t.Errorf("%s of the missed days are there", got)
	}
	run() // caught up once

	t.Run("a restated window changes the days that changed", func(t *testing.T) {
		days := func() map[string]int {
			all := map[string]int{}
			for day := n.now.AddDate(0, 0, -40).Truncate(24 * time.Hour); !day.After(n.now); day = day.AddDate(0, 0, 1) {
				for _, campaign := range []string{"120211234567890123", "120211234567890124", "120211234567890125"} {
					all[day.Format(time.DateOnly)] += n.live.Metaads.Spent(campaign, day)
				}
			}
			return all
		}
		before := days()
		n.later(24 * time.Hour)
		want := map[string]bool{"2025-07-20": true} // which Meta restates without a word
		for day, cents := range days() {
			if before[day] != cents {
				want[day] = true
			}
		}
		if len(want) < 3 || len(want) > 5 { // that one, the day that was running, the one before, and the new one
			t.Fatalf("%v changed", want)
		}
		n.live.Metaads.Inject(fake.Fault{Match: "/insights", Times: -1, Change: restated("2025-07-20")})
		run("2025-07-04..2025-08-02")
		var diff struct {
			Added, Removed, Changed int64
			Rows                    []map[string]any
		}
		said := n.ok("--json", "diff", "--limit", "1000", "staging.metaads__ad_performance")
		if err := json.Unmarshal([]byte(said.out), &diff); err != nil {
			t.Fatalf("%v\n%.500s", err, said.out)
		}
		got := map[string]bool{}
		for _, row := range diff.Rows {
			got[fmt.Sprintf("%.10s", row["date"])] = true
		}
		if !maps.Equal(got, want) || diff.Removed > 0 {
			t.Errorf("diff shows %v, wanted %v (%d added, %d removed, %d changed)", slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)), diff.Added, diff.Removed, diff.Changed)
		}
	})
	n.well()
	n.silent()
}

// restated gives every line of a day some clicks more.
func restated(day string) func([]byte) []byte {
	return func(answer []byte) []byte {
		var page map[string]any
		if err := json.Unmarshal(answer, &page); err != nil {
			return answer
		}
		lines, _ := page["data"].([]any)
		for _, line := range lines {
			if line, ok := line.(map[string]any); ok && line["date_start"] == day {
				line["clicks"] = "1" + fmt.Sprint(cmp.Or(line["clicks"], any("0")))
			}
		}
		text, err := json.Marshal(page)
		if err != nil {
			return answer
		}
		return text
	}
}

// TestDemoLive fetches the first night of the demo as bedrot demo --live does.
func TestDemoLive(t *testing.T) {
	needsChromium(t)
	n := &night{lake: &lake{t: t, root: filepath.Join(t.TempDir(), "demo"), now: time.Now(), ctx: t.Context()}}
	n.tables()
	engine := sharedChromium(t)
	n.fetcher = func(r *extract.Runner) {
		r.Chromium = engine
		for i := range r.Sources {
			r.Sources[i].API.Policy.PerSecond = 0
		}
	}
	said := n.want(0, []string{"night 1 of 1", "published"}, "demo", "--live", "--nights", "1", n.root)
	n.equal("select string_agg(distinct source, ' ' order by source) from meta.fetches where outcome = 'landed'", "distrokid mailchimp metaads tiktok toolost youtube")
	n.equal("select count(*) from meta.fetches where outcome not in ('landed', 'nothing')", "0")
	for _, name := range []string{"metaads/insights:main", "tiktok/overview:pig1987", "youtube/analytics:main"} {
		if !strings.Contains(said.err, name) {
			t.Errorf("the night does not say %s", name)
		}
	}
	n.want(2, []string{"--nights 5"}, "demo", "--nights", "5", n.root+"5")
	if _, err := os.Stat(n.root + "5"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a demo that was refused left something: %v", err)
	}
}
