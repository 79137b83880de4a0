package extract

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"bedrot/extract/fake"
	"bedrot/extract/session"
	"bedrot/zones"
)

func toolostWorld(t *testing.T) (*world, *fake.Toolost) {
	t.Helper()
	w := newWorld(t)
	c := DemoConfig{Start: time.Date(2025, time.June, 1, 0, 0, 0, 0, time.UTC)}.withDefaults()
	portal := fake.NewToolost(func() time.Time { return w.now })
	portal.Answer = func(platform string) string { return c.toolostAnswer(platform, w.now) }
	portal.People = []fake.Person{{Email: "label@example.com", Password: "canary-password"}}
	portal.Reports = []fake.Report{{Month: "08-2026", Name: "08-2026-70799.csv", Content: []byte(c.toolostSales(1, false))}}
	server := httptest.NewServer(portal)
	t.Cleanup(server.Close)
	w.Sources, w.Tokens, w.Chromium = []Source{toolost()}, newLiveLogins(), chromium(t)
	w.env = map[string]string{"TOOLOST_URL": server.URL}
	return w, portal
}

// remember puts a login into the store as if a person had logged in.
func (w *world) remember(t *testing.T, source, account string, state session.State) {
	t.Helper()
	text, err := json.Marshal(session.Record{LoggedInAt: w.now, State: state})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Tokens.Save(source, account, text); err != nil {
		t.Fatal(err)
	}
}

func TestToolostsPortalIsHeard(t *testing.T) {
	t.Parallel()
	w, portal := toolostWorld(t)
	w.remember(t, "toolost", "main", session.State{Origins: []session.Origin{{Origin: w.env["TOOLOST_URL"], LocalStorage: []session.Item{{Name: "token", Value: portal.Token("label@example.com")}}}}})
	equal(t, w.fetch(t), "toolost/apple:main landed", "toolost/sales:main landed", "toolost/spotify:main landed")
	for _, o := range w.outcomes {
		drop, err := w.lake.ReadDrop(o.Source, o.Stream, o.Account, o.Drop)
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]string{"apple": "2026-11-22", "spotify": "2026-11-24"}[o.Stream]
		if drop.Labels["last_date"] != want || o.Stream == "sales" && drop.Files[0].Name != "08-2026-70799.csv" || strings.Contains(drop.URL, "canary") {
			t.Errorf("%+v", drop)
		}
	}
	// A week later another report is there, the portal stands still, and the token is over the day after.
	w.now = w.now.Add(6*24*time.Hour + 12*time.Hour)
	still := portal.Answer("spotify")
	portal.Answer = func(string) string { return still }
	portal.Reports = append(portal.Reports, fake.Report{Month: "09-2026", Name: "09-2026-70911.csv", Content: []byte("a,b\n1,2\n")})
	w.fetch(t)
	equal(t, lines(w.outcomes), "toolost/apple:main failed answer_shape", "toolost/sales:main landed", "toolost/spotify:main landed")
	w.now = w.now.Add(24 * time.Hour)
	equal(t, w.fetch(t), "toolost/apple:main skipped", "toolost/spotify:main failed login_needed")
	if told := w.outcomes[1].Err; !strings.Contains(told.Next, "bedrot session login toolost --account main") {
		t.Errorf("%+v", told)
	}
	if strings.Contains(w.log.String(), "canary") {
		t.Error("the log holds a secret")
	}
}

func TestWhatToolostsPortalMayDo(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		prepare func(*world, *fake.Toolost)
		want    string
		says    string
	}{
		"a wrong password": {func(w *world, _ *fake.Toolost) { w.env["TOOLOST_PASSWORD"] = "canary-wrong" }, "login_needed", "refuses the e-mail or the password"},
		"no list of days":  {func(_ *world, p *fake.Toolost) { p.Answer = func(string) string { return `{"streams":{"2026":1}}` } }, "answer_shape", "a list streams"},
		"a portal that fails": {func(_ *world, p *fake.Toolost) {
			p.Inject(fake.Fault{Match: "/api/portal/analytics", Times: -1, Status: 502, Body: "{}"})
		}, "unreachable", "the portal failed"},
		"a token refused on the way": {func(_ *world, p *fake.Toolost) {
			p.Inject(fake.Fault{Match: "/api/portal/analytics", Times: -1, Status: 401, Body: "{}"})
		}, "login_needed", "token is over"},
		"another address": {func(_ *world, p *fake.Toolost) {
			p.Inject(fake.Fault{Match: "GET /user-portal/analytics", Times: -1, Change: func(b []byte) []byte { return []byte(strings.ReplaceAll(string(b), "thisYear", "year")) }})
		}, "answer_shape", "did not ask"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, portal := toolostWorld(t)
			w.env["TOOLOST_EMAIL"], w.env["TOOLOST_PASSWORD"] = "label@example.com", "canary-password"
			w.Select.Only = []zones.Pattern{{Source: "toolost", Stream: "spotify"}}
			c.prepare(w, portal)
			w.fetch(t)
			if len(w.outcomes) != 1 || w.outcomes[0].Err == nil || w.outcomes[0].Err.Code != c.want || !strings.Contains(w.outcomes[0].Err.What, c.says) {
				t.Fatalf("%v: %+v", lines(w.outcomes), w.outcomes[0].Err)
			}
		})
	}
}
