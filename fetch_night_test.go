package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
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
	n := &night{lake: newLakeOn(t, func(l *lake) { l.now, l.allSources = nightfall, true })}
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
		text, err := n.live.Logins().Load("tiktok", account)
		if err != nil {
			n.t.Fatal(err)
		}
		n.remember("tiktok", account, text)
	}
}

// tiktokLogin is one more session of an account, as somebody with that handle.
func (n *night) tiktokLogin(account, handle string) {
	n.t.Helper()
	cookie := session.Cookie{Name: n.live.Tiktok.Cookie, Value: n.live.Tiktok.Session(handle), Domain: "127.0.0.1", Path: "/", Expires: -1, HTTPOnly: true, SameSite: "Lax"}
	text, err := json.Marshal(session.Record{LoggedInAt: n.now, State: session.State{Cookies: []session.Cookie{cookie}}})
	if err != nil {
		n.t.Fatal(err)
	}
	n.remember("tiktok", account, text)
}

// remember puts a browser's login into the store.
func (n *night) remember(source, account string, text []byte) {
	n.t.Helper()
	var record session.Record
	err := json.Unmarshal(text, &record)
	if err = errors.Join(err, n.logins.SaveRecord(source, account, record, session.Rules{Hosts: []string{"127.0.0.1"}, AuthCookies: []string{n.live.Tiktok.Cookie}})); err != nil {
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
	if _, _, err := browser.Find(browser.Options{Executable: os.Getenv("BEDROT_CHROMIUM"), Driver: os.Getenv("BEDROT_PLAYWRIGHT")}); err != nil {
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

func sharedChromium(t testing.TB) *browser.Engine {
	t.Helper()
	shared.once.Do(func() {
		if shared.dir, shared.err = os.MkdirTemp("", "bedrot-test-"); shared.err == nil {
			o := browser.Options{Executable: os.Getenv("BEDROT_CHROMIUM"), Driver: os.Getenv("BEDROT_PLAYWRIGHT")}
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
