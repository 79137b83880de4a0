package extract

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"bedrot/extract/browser"
	"bedrot/extract/session"
	"bedrot/zones"
)

// madeUp is a site that a person logs in to by looking at it for a moment.
type madeUp struct {
	mu   sync.Mutex
	good map[string]bool // sessions
	n    int
	// page is what is shown to those who are not logged in.
	page string
}

func (m *madeUp) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	m.mu.Lock()
	defer m.mu.Unlock()
	w.Header().Set("Content-Type", "text/html")
	cookie, err := r.Cookie("sid")
	in := err == nil && m.good[cookie.Value]
	switch {
	case r.URL.Path == "/enter":
		http.SetCookie(w, &http.Cookie{Name: "sid", Value: m.begin(), Path: "/", HttpOnly: true, Expires: time.Now().Add(20*24*time.Hour + time.Hour)})
		http.Redirect(w, r, "/home", http.StatusFound)
	case r.URL.Path == "/login" && !in:
		_, _ = w.Write([]byte(m.page))
	case !in:
		http.Redirect(w, r, "/login", http.StatusFound)
	default:
		_, _ = w.Write([]byte(`<body><a id=logout href=/out>log out</a><script>localStorage.setItem("token", "canary-local-1")</script></body>`))
	}
}

// begin makes a session; the caller holds the lock.
func (m *madeUp) begin() string {
	m.n++
	value := fmt.Sprintf("canary-session-%d", m.n)
	m.good[value] = true
	return value
}

const (
	personLogsIn = `<body><input type=password><script>setTimeout(() => location = "/enter", 200)</script></body>`
	personIsAway = `<body><input type=password></body>`
)

// loginsWorld is a made-up site, and what people do about logins to it on a machine of their own.
type loginsWorld struct {
	*Logins
	site *madeUp
	said strings.Builder
}

func newLoginsWorld(t *testing.T) *loginsWorld {
	t.Helper()
	w := &loginsWorld{site: &madeUp{good: map[string]bool{}, page: personLogsIn}}
	server := httptest.NewServer(w.site)
	t.Cleanup(server.Close)
	w.Logins = w.machine(t, server.URL)
	return w
}

func (w *loginsWorld) machine(t *testing.T, base string) *Logins {
	t.Helper()
	return &Logins{
		Sources: []Source{
			{Name: "made_up", Site: madeUpSite(base), Streams: []Stream{{Name: "numbers", Fetch: &Fetch{Doors: []Door{ByBrowser}}}}},
			{Name: "tokens", Login: func(_ context.Context, s *Session, say func(string, ...any)) error {
				say("look at the page")
				return s.Tokens().Save("tokens", s.Account, []byte("canary-token-1"))
			}},
			{Name: "settings"},
		},
		Store:   &session.Store{Dir: filepath.Join(t.TempDir(), "logins"), Now: time.Now, Work: 8},
		Config:  &zones.Config{Accounts: map[string][]string{"made_up": {"zone_a0", "pig1987"}}},
		Browser: browser.Options{Driver: os.Getenv("BEDROT_PLAYWRIGHT"), Scratch: t.TempDir(), Step: 3 * time.Second}, Limit: 10 * time.Second,
		Say: func(format string, args ...any) { fmt.Fprintf(&w.said, format+"\n", args...) },
		Log: slog.New(slog.DiscardHandler), Now: time.Now,
	}
}

func madeUpSite(base string) *browser.Site {
	return &browser.Site{
		Base: base, Home: "/home", In: browser.Selectors{"#logout"}, Out: browser.Selectors{"input[type=password]"}, OutURL: regexp.MustCompile(`/login$`),
		Form: browser.Form{URL: "/login"}, Session: session.Rules{AuthCookies: []string{"sid"}, TokenKeys: []string{"token"}},
	}
}

// states are how the logins stand, by account.
func (w *loginsWorld) states(t *testing.T, l *Logins) string {
	t.Helper()
	list, err := l.List("made_up")
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, st := range list {
		days := "?"
		if st.DaysLeft != nil {
			days = fmt.Sprint(*st.DaysLeft)
		}
		all = append(all, fmt.Sprintf("%s %s %s %t", st.Account, st.State, days, st.LastProofAt != nil))
	}
	return strings.Join(all, ", ")
}

func refusedLogin(t *testing.T, err error, code string, says ...string) {
	t.Helper()
	var told *zones.Error
	if !errors.As(err, &told) || told.Code != code || told.Next == "" {
		t.Errorf("got %v, wanted %s", err, code)
		return
	}
	for _, word := range says {
		if !strings.Contains(told.What+"; "+told.Next, word) {
			t.Errorf("%q, next %q does not say %q", told.What, told.Next, word)
		}
	}
}

func TestALoginByAPersonIsProvedAndCarriedToTheServer(t *testing.T) {
	w := newLoginsWorld(t)
	w.Chromium = chromium(t)
	if got := w.states(t, w.Logins); got != "pig1987 never ? false, zone_a0 never ? false" {
		t.Error(got)
	}
	if err := w.Login(t.Context(), "made_up", "zone_a0"); err != nil {
		t.Fatal(err)
	}
	if got := w.states(t, w.Logins); got != "pig1987 never ? false, zone_a0 valid 20 true" {
		t.Error(got)
	}
	record, err := w.Store.LoadRecord("made_up", "zone_a0")
	if err != nil || len(record.State.Cookies) != 1 || len(record.State.Origins) != 1 {
		t.Errorf("%+v, %v", record, err)
	}

	// To a server without a screen.
	server := w.machine(t, w.Sources[0].Site.Base)
	refusedLogin(t, server.Login(t.Context(), "made_up", "zone_a0"), "login_needed", "no screen", "session export made_up --account zone_a0", "session import")
	server.Chromium = w.Chromium
	path := filepath.Join(t.TempDir(), "login.age")
	refusedLogin(t, w.Export(nil, path, "made_up", "zone_a0", ""), "usage", "never exported unencrypted")
	answers := []string{"correct horse", "correct horse", "correct horse"}
	ask := func(string) (answer string, err error) {
		answer, answers = answers[0], answers[1:]
		return answer, nil
	}
	w.Ask, server.Ask = ask, ask
	if err := w.Export(nil, path, "made_up", "zone_a0", ""); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	info, statErr := os.Stat(path)
	if err = errors.Join(err, statErr); err != nil || info.Mode().Perm() != 0o600 || bytes.Contains(text, []byte("canary")) {
		t.Errorf("%v, %v", info, err)
	}
	if err := server.Import(text, "", ""); err != nil {
		t.Fatal(err)
	}
	works := func(want bool) []Tested {
		t.Helper()
		tested, err := server.Test(t.Context(), "made_up", "")
		if err != nil || len(tested) != 1 || tested[0].Works != want {
			t.Errorf("%+v, %v", tested, err)
		}
		return tested
	}
	works(true)

	// The site forgets it; a person brings another, which the next look takes without more ado.
	w.site.mu.Lock()
	clear(w.site.good)
	w.site.page = personIsAway
	fresh := w.site.begin()
	w.site.mu.Unlock()
	refusedLogin(t, works(false)[0].Err, "login_needed", "bedrot session login made_up --account zone_a0")
	if got := w.states(t, server); got != "pig1987 never ? false, zone_a0 expired 20 true" {
		t.Error(got)
	}
	host := strings.TrimPrefix(w.Sources[0].Site.Base, "http://")
	host, _, _ = strings.Cut(host, ":")
	if err := server.Import([]byte("#HttpOnly_"+host+"\tFALSE\t/\tFALSE\t0\tsid\t"+fresh), "made_up", "zone_a0"); err != nil {
		t.Fatal(err)
	}
	if got := w.states(t, server); got != "pig1987 never ? false, zone_a0 unknown ? false" {
		t.Error(got)
	}
	works(true)
	if err := server.Forget("made_up", "zone_a0"); err != nil {
		t.Error(err)
	}
	if got := w.states(t, server); got != "pig1987 never ? false, zone_a0 never ? false" {
		t.Error(got)
	}
	tested, err := server.Test(t.Context(), "made_up", "zone_a0")
	if err != nil || len(tested) != 1 {
		t.Fatal(tested, err)
	}
	refusedLogin(t, tested[0].Err, "login_needed", "nobody has logged in")
	if strings.Contains(w.said.String(), "canary") {
		t.Errorf("a secret is said:\n%s", w.said.String())
	}
}

func TestALoginThatDoesNotSucceedLeavesWhatWasKept(t *testing.T) {
	w := newLoginsWorld(t)
	w.Chromium = chromium(t)
	before := session.Record{LoggedInAt: time.Now(), State: session.State{Cookies: []session.Cookie{{Name: "sid", Value: "canary-before", Domain: "127.0.0.1", Path: "/", Expires: -1, SameSite: "Lax"}}}}
	if err := w.Store.SaveRecord("made_up", "zone_a0", before, session.Rules{}); err != nil {
		t.Fatal(err)
	}
	w.Limit = time.Second
	w.site.page = personIsAway
	refusedLogin(t, w.Login(t.Context(), "made_up", "zone_a0"), "login_needed", "nobody logged in within 1s")
	record, err := w.Store.LoadRecord("made_up", "zone_a0")
	if err != nil || len(record.State.Cookies) != 1 || record.State.Cookies[0].Value != "canary-before" {
		t.Errorf("%+v, %v", record, err)
	}
	w.Chromium, w.Browser.Display = nil, map[string]string{"DISPLAY": ":1"}
	w.Browser.Executable = filepath.Join(t.TempDir(), "none")
	refusedLogin(t, w.Login(t.Context(), "made_up", "zone_a0"), "browser_missing", "BEDROT_CHROMIUM")
}

// What a person brings while a run is at work is not written over by what the run remembers.
func TestWhatAPersonBringsMeanwhileStays(t *testing.T) {
	w := newLoginsWorld(t)
	at := time.Date(2026, time.November, 26, 4, 0, 0, 0, time.UTC)
	w.Store.Now = func() time.Time { return at }
	bring := func(value string) {
		t.Helper()
		record := session.Record{State: session.State{Cookies: []session.Cookie{{Name: "sid", Value: value, Domain: "127.0.0.1", Path: "/", Expires: -1, SameSite: "Lax"}}}}
		if err := w.Store.SaveRecord("made_up", "zone_a0", record, session.Rules{}); err != nil {
			t.Fatal(err)
		}
	}
	kept := func() string {
		t.Helper()
		record, err := w.Store.LoadRecord("made_up", "zone_a0")
		if err != nil || len(record.State.Cookies) != 1 {
			t.Fatal(record, err)
		}
		return record.State.Cookies[0].Value
	}
	bring("canary-loaded")
	s, err := w.find("made_up", "zone_a0")
	if err == nil {
		s.record, err = s.load()
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, value := range []string{"canary-first", "canary-second"} { // a run saves more than once
		at = at.Add(time.Minute)
		s.record.State.Cookies[0].Value = value
		if err := s.keep(w.Store); err != nil || kept() != value {
			t.Errorf("%s, %v", kept(), err)
		}
	}
	at = at.Add(time.Minute)
	bring("canary-brought")
	if err := s.keep(w.Store); err != nil || kept() != "canary-brought" {
		t.Errorf("%s, %v", kept(), err)
	}
	if err := w.Store.Forget("made_up", "zone_a0"); err != nil {
		t.Fatal(err)
	}
	if err := s.keep(w.Store); err != nil {
		t.Error(err)
	}
	if _, err := w.Store.LoadRecord("made_up", "zone_a0"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("what was forgotten is there again: %v", err)
	}
}

func TestALoginByTokenIsTheSourcesOwn(t *testing.T) {
	w := newLoginsWorld(t)
	if err := w.Login(t.Context(), "tokens", ""); err != nil || !strings.Contains(w.said.String(), "look at the page") {
		t.Error(err)
	}
	list, err := w.List("")
	if err != nil || len(list) != 3 || list[2].Source != "tokens" || list[2].State != session.Unknown || list[2].LastLoginAt == nil {
		t.Errorf("%+v, %v", list, err)
	}
	refusedLogin(t, w.Import([]byte("[]"), "tokens", ""), "usage", "does not consist of cookies")
}

func TestWhoseLoginIsMeantMustBeClear(t *testing.T) {
	w := newLoginsWorld(t)
	for name, c := range map[string]struct {
		source, account, code, says string
	}{
		"no source":        {"", "", "usage", "which source"},
		"unknown source":   {"nowhere", "", "source_unknown", "nowhere"},
		"needs no login":   {"settings", "", "usage", "settings are all it takes"},
		"which account":    {"made_up", "", "usage", "zone_a0, pig1987"},
		"no such account":  {"made_up", "other", "usage", "no account other"},
		"no login there":   {"made_up", "zone_a0", "login_needed", "no login to export"},
		"a name of a path": {"tokens", "..", "usage", ""},
	} {
		t.Run(name, func(t *testing.T) {
			w.Store.Passphrase = "correct horse"
			refusedLogin(t, w.Export(&bytes.Buffer{}, "", c.source, c.account, ""), c.code, c.says)
		})
	}
	w.Store.Passphrase = ""
	w.Config = nil // on a machine without a lake any account may be named
	if s, err := w.find("made_up", "other"); err != nil || s.Account != "other" {
		t.Error(err)
	}
	if _, err := w.find("made_up", "../x"); err == nil {
		t.Error("an account ../x")
	}
	var file bytes.Buffer
	laptop := newLoginsWorld(t)
	laptop.Store.Passphrase = "correct horse"
	if err := laptop.Store.Save("tokens", "elsewhere", []byte("canary-1")); err != nil {
		t.Fatal(err)
	}
	if err := laptop.Store.Export(&file, "tokens", "elsewhere", session.To{Passphrase: "correct horse"}); err != nil {
		t.Fatal(err)
	}
	refusedLogin(t, laptop.Import(file.Bytes(), "", ""), "usage", "no account elsewhere")
	refusedLogin(t, laptop.Import(file.Bytes(), "tokens", "main"), "login_unusable", "the login of tokens:elsewhere")
}

func TestLoginsThatEndSoonAreWarnedOf(t *testing.T) {
	w := newLoginsWorld(t)
	at := time.Date(2026, time.November, 26, 4, 0, 0, 0, time.UTC)
	w.Now, w.Store.Now = func() time.Time { return at }, func() time.Time { return at }
	save := func(account string, days int) {
		t.Helper()
		state := session.State{Cookies: []session.Cookie{{Name: "sid", Value: "canary-1", Domain: "site.example", Path: "/", Expires: float64(at.AddDate(0, 0, days).Unix()), SameSite: "Lax"}}}
		if err := w.Store.SaveRecord("made_up", account, session.Record{State: state}, session.Rules{AuthCookies: []string{"sid"}}); err != nil {
			t.Fatal(err)
		}
	}
	for days, says := range map[int][]string{
		30: nil, 8: nil, 0: nil, -1: nil,
		7: {"2026-12-03", "in 7 days"}, 4: {"in 4 days"}, 3: {"in 3 days", "high time"}, 1: {"in 1 day", "high time"},
	} {
		save("zone_a0", days)
		save("gone_from_lake_toml", 1)
		found := w.Warnings(zones.Selection{})
		if len(says) == 0 {
			if len(found) > 0 {
				t.Errorf("%d days: %v", days, found)
			}
			continue
		}
		if len(found) != 1 || found[0].Code != "login_ending" || found[0].Severity != "warn" || !found[0].Recovered || found[0].Next != "bedrot session login made_up --account zone_a0" {
			t.Errorf("%d days: %+v", days, found)
			continue
		}
		for _, word := range says {
			if !strings.Contains(found[0].What, word) {
				t.Errorf("%d days: %q does not say %q", days, found[0].What, word)
			}
		}
		if hurry := strings.Contains(found[0].What, "high time"); hurry != (days <= 3) {
			t.Errorf("%d days: %q", days, found[0].What)
		}
	}
	save("zone_a0", 1)
	for only, want := range map[string]int{"made_up": 1, "made_up/numbers:zone_a0": 1, "made_up:pig1987": 0, "tokens": 0} {
		choice, err := zones.ParseSelection([]string{only}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if found := w.Warnings(choice); len(found) != want {
			t.Errorf("--only %s: %v", only, found)
		}
	}
	if err := os.Chmod(w.Store.Dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if found := w.Warnings(zones.Selection{}); len(found) != 1 || found[0].Code != "secrets_readable" || found[0].Severity != "warn" {
		t.Errorf("%+v", found)
	}
}

// The file that a person brings is all that the next run needs.
func TestARunGoesOnAfterAnImport(t *testing.T) {
	w, site := distrokidWorld(t)
	store := &session.Store{Dir: filepath.Join(t.TempDir(), "logins"), Now: func() time.Time { return w.now }}
	w.Tokens = store
	w.Select.Only = []zones.Pattern{{Source: "distrokid", Stream: "applemusic"}}
	l := &Logins{Sources: w.Sources, Store: store, Config: &w.lake.Config, Values: w.Values, Say: func(string, ...any) {}, Log: w.Log, Now: store.Now, Chromium: w.Chromium}
	bring := func() {
		t.Helper()
		text := "127.0.0.1\tFALSE\t/\tFALSE\t0\tDKSESSION\t" + site.Session("label@example.com") + "\n"
		if err := l.Import([]byte(text), "distrokid", "main"); err != nil {
			t.Fatal(err)
		}
	}
	stands := func(state string, proven bool) {
		t.Helper()
		list, err := l.List("distrokid")
		if err != nil || len(list) != 1 || list[0].State != state || (list[0].LastProofAt != nil) != proven {
			t.Errorf("%+v, %v", list, err)
		}
	}
	bring()
	stands(session.Unknown, false)
	equal(t, w.fetch(t), "distrokid/applemusic:main landed")
	stands(session.Unknown, true)
	site.EndSessions()
	w.now = w.now.Add(24 * time.Hour)
	equal(t, w.fetch(t), "distrokid/applemusic:main failed login_needed")
	stands(session.Expired, true)
	bring()
	equal(t, w.fetch(t), "distrokid/applemusic:main landed")
	stands(session.Unknown, true)
}
