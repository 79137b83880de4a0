package extract

import (
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"bedrot/extract/fake"
	"bedrot/extract/session"
	"bedrot/zones"
)

func tiktokWorld(t *testing.T) (*world, *fake.Tiktok) {
	t.Helper()
	w := newWorld(t)
	w.lake.Config.Accounts = map[string][]string{"tiktok": {"zone_a0", "pig1987"}}
	c := DemoConfig{}.withDefaults()
	site := fake.NewTiktok(func() time.Time { return w.now })
	site.Export = func(tab, person string, days int) (string, []byte) {
		return c.studioExport(w.now, 1, tab, person, days)
	}
	site.Admit(fake.Person{Email: "zone.a0"}, fake.Person{Email: "pig1987"})
	server := httptest.NewServer(site)
	t.Cleanup(server.Close)
	w.Sources, w.Tokens, w.Chromium = []Source{tiktok()}, newLiveLogins(), chromium(t)
	w.env = map[string]string{"TIKTOK_URL": server.URL}
	return w, site
}

// cookies are those of somebody who is logged in.
func cookies(site *fake.Tiktok, handle string) session.State {
	return session.State{Cookies: []session.Cookie{{
		Name: site.Cookie, Value: site.Session(handle), Domain: "127.0.0.1", Path: "/", Expires: float64(time.Now().AddDate(0, 0, 30).Unix()), HTTPOnly: true, SameSite: "Lax",
	}}}
}

func TestTwoAccountsOfTiktokNeverMeet(t *testing.T) {
	t.Parallel()
	w, site := tiktokWorld(t)
	site.Banner = true
	w.remember(t, "tiktok", "zone_a0", cookies(site, "zone.a0"))
	w.remember(t, "tiktok", "pig1987", cookies(site, "pig1987"))
	got := w.fetch(t)
	if len(got) != 14 || slices.ContainsFunc(got, func(line string) bool { return !strings.HasSuffix(line, " landed") }) {
		t.Fatal(got)
	}
	for _, o := range w.outcomes {
		drop, err := w.lake.ReadDrop(o.Source, o.Stream, o.Account, o.Drop)
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]string{"zone_a0": "zone.a0", "pig1987": "pig1987"}[o.Account]
		if !strings.Contains(drop.Files[0].Name, want) || o.Stream == "overview" && drop.Labels["first_date"] != "2025-11-26" || len(o.Warnings) > 0 {
			t.Errorf("%s: %+v %v", o.Account, drop, o.Warnings)
		}
	}
	if wrong := site.Wrong(); len(wrong) > 0 {
		t.Error(wrong)
	}
	if n := len(slices.DeleteFunc(site.Calls(), func(c fake.Call) bool { return !strings.Contains(c.Path, "download") })); n != 8 {
		t.Errorf("%d downloads, wanted one for each tab and account", n)
	}
}

func TestWhatTiktokMayDo(t *testing.T) {
	t.Parallel()
	only := func(stream string) []zones.Pattern {
		return []zones.Pattern{{Source: "tiktok", Stream: stream, Account: "zone_a0"}}
	}
	for name, c := range map[string]struct {
		prepare func(*world, *fake.Tiktok)
		code    string
		says    string
	}{
		"another account's data": {func(_ *world, s *fake.Tiktok) {
			export := s.Export
			s.Export = func(tab, _ string, days int) (string, []byte) { return export(tab, "pig1987", days) }
		}, "other_account", "another account"},
		"another file": {func(_ *world, s *fake.Tiktok) {
			export := s.Export
			s.Export = func(_, person string, days int) (string, []byte) { return export("viewers", person, days) }
		}, "answer_shape", "another file"},
		"a session that is over": {func(_ *world, s *fake.Tiktok) { s.EndSessions() }, "login_needed", "the session is over"},
		"a shorter period":       {func(_ *world, s *fake.Tiktok) { s.Days = []int{7, 28, 60} }, "", "offers no more than 60"},
		"a window that is short": {func(_ *world, s *fake.Tiktok) {
			export := s.Export
			s.Export = func(tab, person string, _ int) (string, []byte) { return export(tab, person, 90) }
		}, "", "those from 2026-08-28 on came"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, site := tiktokWorld(t)
			w.remember(t, "tiktok", "zone_a0", cookies(site, "zone.a0"))
			w.Select.Only = only("overview")
			c.prepare(w, site)
			w.fetch(t)
			o := w.outcomes[0]
			said := ""
			for _, warning := range o.Warnings {
				said += warning.What
			}
			if o.Err != nil {
				said += o.Err.What
			}
			if (o.Err == nil) != (c.code == "") || o.Err != nil && o.Err.Code != c.code || !strings.Contains(said, c.says) {
				t.Errorf("%v: %s", lines(w.outcomes), said)
			}
		})
	}
}
