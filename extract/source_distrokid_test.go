package extract

import (
	"bytes"
	"encoding/json"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"bedrot/extract/fake"
	"bedrot/extract/session"
	"bedrot/zones"
)

const testTOTP = "JBSWY3DPEHPK3PXP"

// distrokidWorld is a lake, DistroKid's fake site and a runner over both.
func distrokidWorld(t *testing.T) (*world, *fake.Distrokid) {
	t.Helper()
	w := newWorld(t)
	c := DemoConfig{}.withDefaults()
	site := fake.NewDistrokid(func() time.Time { return w.now })
	site.Stats = func(data string) string { return c.statsPage(data, w.now) }
	site.Bank = func() (string, []byte) {
		var file bytes.Buffer
		if err := c.writeBank(&file, bankV2, 1); err != nil {
			t.Error(err)
		}
		return "results.csv", file.Bytes()
	}
	site.Admit(fake.Person{Email: "label@example.com", Password: "canary-password", Code: func(at time.Time) string {
		code, err := totp.GenerateCode(testTOTP, at)
		if err != nil {
			t.Error(err)
		}
		return code
	}})
	server := httptest.NewServer(site)
	t.Cleanup(server.Close)
	w.Sources = []Source{distrokid()}
	w.Tokens, w.Chromium = newLiveLogins(), chromium(t)
	w.env = map[string]string{"DISTROKID_URL": server.URL}
	return w, site
}

// login puts the credentials where the settings look for them.
func (w *world) login() {
	w.env["DISTROKID_EMAIL"], w.env["DISTROKID_PASSWORD"], w.env["DISTROKID_TOTP_SECRET"] = "label@example.com", "canary-password", testTOTP
}

func TestDistrokidIsReadByTheBrowser(t *testing.T) {
	t.Parallel()
	w, site := distrokidWorld(t)
	equal(t, w.fetch(t)) // nobody has ever logged in, and nothing is configured
	w.login()
	site.Banner = true
	equal(t, w.fetch(t), "distrokid/applemusic:main landed", "distrokid/bank:main landed", "distrokid/streams:main landed")
	for _, o := range w.outcomes {
		if o.Err != nil {
			t.Fatalf("%+v", o.Err)
		}
		drop, err := w.lake.ReadDrop(o.Source, o.Stream, o.Account, o.Drop)
		if err != nil {
			t.Fatal(err)
		}
		if o.Stream == "bank" && drop.Files[0].Name != "results.csv" || o.Stream == "streams" && drop.Labels["last_date"] != "2026-11-24" {
			t.Errorf("%+v", drop)
		}
	}
	bank, _ := filepath.Glob(w.lake.Path("landing", "distrokid", "bank", "account=main", "drop=*", "*results.csv"))
	_, want := site.Bank()
	if got, err := os.ReadFile(bank[0]); err != nil || !bytes.Equal(got, want) {
		t.Errorf("the bank's file is not what the site gave: %v", err)
	}
	// What the browser remembers is enough from now on.
	w.env = map[string]string{"DISTROKID_URL": w.env["DISTROKID_URL"]}
	w.now = w.now.Add(24 * time.Hour)
	equal(t, w.fetch(t), "distrokid/applemusic:main landed", "distrokid/streams:main landed")
	// The session ends on the way.
	w.now = w.now.Add(24 * time.Hour)
	site.KickAfter(2)
	proven := string(w.Tokens.(*liveLogins).kept["distrokid:main"])
	got := w.fetch(t)
	if !slices.Contains(got, "distrokid/applemusic:main failed login_needed") && !slices.Contains(got, "distrokid/streams:main failed login_needed") {
		t.Error(got)
	}
	w.now = w.now.Add(time.Hour)
	site.EndSessions()
	w.fetch(t)
	for _, o := range w.outcomes {
		if o.Status == Failed && (o.Err.Code != "login_needed" || !strings.Contains(o.Err.Next, "bedrot session login distrokid --account main")) {
			t.Errorf("%+v", o.Err)
		}
	}
	var before, after session.Record
	if json.Unmarshal([]byte(proven), &before) != nil || json.Unmarshal(w.Tokens.(*liveLogins).kept["distrokid:main"], &after) != nil || after.ProvenAt.Before(before.ProvenAt) {
		t.Error("the proven session was lost")
	}
	if text := w.log.String(); strings.Contains(text, "canary") || strings.Contains(text, testTOTP) {
		t.Error("the log holds a secret")
	}
	if wrong := site.Wrong(); len(wrong) > 0 {
		t.Error(wrong)
	}
}

func TestWhatDistrokidsSiteMayDo(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		prepare func(*world, *fake.Distrokid)
		stream  string
		want    string // code, and a part of what is said
		says    string
	}{
		"a wrong password":      {func(w *world, _ *fake.Distrokid) { w.env["DISTROKID_PASSWORD"] = "canary-wrong" }, "streams", "login_needed", "refuses the e-mail or the password"},
		"no second factor":      {func(w *world, _ *fake.Distrokid) { delete(w.env, "DISTROKID_TOTP_SECRET") }, "streams", "login_needed", "second factor"},
		"another second factor": {func(w *world, _ *fake.Distrokid) { w.env["DISTROKID_TOTP_SECRET"] = "KRSXG5CTMVRXEZLU" }, "streams", "login_needed", "refuses the second factor"},
		"a robot's test": {func(_ *world, s *fake.Distrokid) {
			s.Admit(fake.Person{Email: "label@example.com", Password: "canary-password", Robot: true})
		}, "streams", "login_needed", "a person to prove"},
		"a page without charts": {func(_ *world, s *fake.Distrokid) {
			s.Stats = func(string) string { return "<html><body><div id=trend365day>.</div></body></html>" }
		}, "streams", "answer_shape", "charts with days"},
		"a renamed button": {func(_ *world, s *fake.Distrokid) {
			s.Inject(fake.Fault{Match: "GET /bank/details", Times: -1, Change: func(b []byte) []byte {
				return []byte(strings.NewReplacer("downloadBank", "exportAll", ">Download<", ">Export<").Replace(string(b)))
			}})
		}, "bank", "answer_shape", "the page has changed"},
		"an empty export": {func(_ *world, s *fake.Distrokid) { s.Bank = func() (string, []byte) { return "results.csv", nil } }, "bank", "answer_shape", "is empty"},
		"a page that is too slow": {func(_ *world, s *fake.Distrokid) {
			s.Inject(fake.Fault{Match: "GET /stats", Times: -1, Delay: 6 * time.Second})
		}, "streams", "unreachable", "Timeout"},
		"a download cut short": {func(_ *world, s *fake.Distrokid) {
			s.Inject(fake.Fault{Match: "GET /bank/download", Times: -1, Cut: 500})
		}, "bank", "unreachable", "the download of the bank's details"},
		"a site that fails": {func(_ *world, s *fake.Distrokid) {
			s.Inject(fake.Fault{Match: "GET /stats", Times: -1, Status: 503, Body: "sorry"})
		}, "streams", "unreachable", "the site failed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, site := distrokidWorld(t)
			w.login()
			w.Select.Only = []zones.Pattern{{Source: "distrokid", Stream: c.stream}}
			c.prepare(w, site)
			w.fetch(t)
			if len(w.outcomes) != 1 || w.outcomes[0].Err == nil || w.outcomes[0].Err.Code != c.want || !strings.Contains(w.outcomes[0].Err.What, c.says) {
				t.Fatalf("%v: %+v", lines(w.outcomes), w.outcomes[0].Err)
			}
			kept, _ := filepath.Glob(w.lake.Path("audit", "evidence", "r1", "*", "*"))
			if slow := c.says == "Timeout"; len(kept) != 3 && (!slow || len(kept) == 0) { // of a page that never came there may be no picture
				t.Errorf("evidence: %v", kept)
			}
			for _, path := range kept {
				if text, _ := os.ReadFile(path); strings.Contains(string(text), "canary") {
					t.Errorf("%s holds a secret", path)
				}
			}
			if left, _ := os.ReadDir(w.lake.Path("landing", "distrokid")); len(left) > 0 {
				t.Error("something landed")
			}
		})
	}
}
