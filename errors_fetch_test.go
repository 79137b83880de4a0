package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"bedrot/extract"
	"bedrot/extract/fake"
)

func init() { maps.Copy(raisers, fetchRaisers) }

// fetchRaisers raise what goes wrong when services are asked.
var fetchRaisers = map[string]func(l *lake) said{
	"no_permission": func(l *lake) said {
		return l.mail(fake.Fault{Match: "/lists", Times: -1, Status: 403, Body: `{"title":"Forbidden","status":403,"detail":"no"}`})
	},
	"throttled": func(l *lake) said {
		return l.mail(fake.Fault{Times: -1, Status: 429, Header: map[string]string{"Retry-After": "40000"}, Body: `{"title":"Too Many Requests","status":429}`})
	},
	"unreachable":     func(l *lake) said { return l.mail(fake.Fault{Times: -1, Status: 500, Body: "{}"}) },
	"request_refused": func(l *lake) said { return l.mail(fake.Fault{Match: "/lists", Times: -1, Status: 400, Body: "{}"}) },
	"answer_shape": func(l *lake) said {
		return l.mail(fake.Fault{Match: "/lists", Times: -1, Status: 200, Header: map[string]string{"Content-Type": "text/html"}, Body: "<html>log in</html>"})
	},
	"fetch_timeout": func(l *lake) said {
		l.limit = 300 * time.Millisecond
		return l.mail(fake.Fault{Times: -1, Stall: true})
	},
	"setting_missing": func(l *lake) said { l.env("META_ACCESS_TOKEN", "token-1"); return l.run("--json", "extract") },
	"account_rested": func(l *lake) said {
		return l.meta(fake.Fault{Match: "/insights", Times: -1, Status: 400, Body: `{"error":{"message":"no","code":100}}`})
	},
	"version_retired": func(l *lake) said {
		return l.meta(fake.Fault{Times: -1, Status: 400, Body: `{"error":{"message":"(#2635) You are calling a deprecated version of the Ads API.","code":2635}}`})
	},
	"heartbeat_failed": func(l *lake) said {
		l.inLake("lake.toml", "[health]\nheartbeat = \"http://192.0.2.1/beat\"\n")
		return l.run("--json", "run", "--skip", "build")
	},
	"browser_missing": func(l *lake) said {
		l.distrokid()
		l.fetcher = nil
		l.env("BEDROT_CHROMIUM", filepath.Join(l.t.TempDir(), "none"))
		return l.run("--json", "extract", "--only", "distrokid/streams")
	},
	"page_changed": func(l *lake) said {
		site := l.distrokid()
		site.Inject(fake.Fault{Match: "/login", Times: -1, Change: func(b []byte) []byte {
			return []byte(strings.ReplaceAll(string(b), `id="loginButton"`, ""))
		}})
		return l.run("--json", "extract", "--only", "distrokid/streams")
	},
	"window_old": func(l *lake) said {
		l.distrokid()
		l.ok("extract", "--only", "distrokid/streams")
		l.now = l.now.Add(time.Hour)
		return l.run("--json", "extract", "--again", "--only", "distrokid/streams")
	},
	"login_unsaved": func(l *lake) said {
		l.distrokid()
		dir := l.sessions()
		if err := os.MkdirAll(filepath.Join(dir, "distrokid", "main", "lock"), 0o700); err != nil { // where the lock's file goes
			l.t.Fatal(err)
		}
		return l.run("--json", "extract", "--only", "distrokid/streams")
	},
	"window_short": func(l *lake) said {
		site := fake.NewTiktok(func() time.Time { return l.now })
		site.Days = []int{7}
		site.Export = func(string, string, int) (string, []byte) { return "Viewers_zone.a0.zip", []byte("PK") }
		site.Admit(fake.Person{Email: "zone.a0"})
		l.browse()
		l.env("TIKTOK_URL", l.serve(site))
		l.sessions()
		cookie, err := json.Marshal([]map[string]any{{
			"name": site.Cookie, "value": site.Session("zone.a0"), "domain": "127.0.0.1", "path": "/", "expirationDate": time.Now().AddDate(0, 0, 20).Unix(), "sameSite": "lax",
		}})
		if err != nil {
			l.t.Fatal(err)
		}
		l.ok("session", "import", l.file("cookies.json", string(cookie)), "--source", "tiktok", "--account", "main")
		return l.run("--json", "extract", "--only", "tiktok/viewers")
	},
}

// env adds settings to the lake's .env.
func (l *lake) env(pairs ...string) {
	l.t.Helper()
	path := filepath.Join(l.root, ".env")
	text, _ := os.ReadFile(path)
	for pair := range slices.Chunk(pairs, 2) {
		text = append(text, fmt.Sprintf("%s=%s\n", pair[0], pair[1])...)
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		l.t.Fatal(err)
	}
}

// browse lets pages be opened in the tests' Chromium.
func (l *lake) browse() {
	engine := sharedChromium(l.t)
	l.fetcher = func(r *extract.Runner) { r.Chromium = engine }
}

// sessions is a folder of the test's own for logins.
func (l *lake) sessions() string {
	l.t.Helper()
	dir := filepath.Join(l.t.TempDir(), "sessions")
	if err := os.Mkdir(dir, 0o700); err != nil {
		l.t.Fatal(err)
	}
	l.env("BEDROT_SESSIONS", dir)
	return dir
}

func (l *lake) serve(h http.Handler) string {
	server := httptest.NewServer(h)
	l.t.Cleanup(server.Close)
	return server.URL
}

// mail asks a Mailchimp of which some calls go wrong.
func (l *lake) mail(faults ...fake.Fault) said {
	l.t.Helper()
	service := fake.NewMailchimp(fake.MailchimpConfig{Now: func() time.Time { return l.now }, Key: "0123456789abcdef-us21"})
	service.Inject(faults...)
	l.env("MAILCHIMP_API_URL", l.serve(service), "MAILCHIMP_API_KEY", "0123456789abcdef-us21")
	return l.run("--json", "extract")
}

// meta asks Meta of which some calls go wrong.
func (l *lake) meta(faults ...fake.Fault) said {
	l.t.Helper()
	service := fake.NewMetaads(fake.MetaConfig{Now: func() time.Time { return l.now }, Token: "token-1"})
	service.Inject(faults...)
	l.env("META_API_URL", l.serve(service), "META_ACCESS_TOKEN", "token-1", "META_AD_ACCOUNT_ID", "1010035716096012")
	return l.run("--json", "extract")
}

// distrokid is the site with one day on its page of streams, and the credentials that open it.
func (l *lake) distrokid() *fake.Distrokid {
	l.t.Helper()
	site := fake.NewDistrokid(func() time.Time { return l.now })
	site.Stats = func(string) string { return "<html><body>" + strings.TrimPrefix(chart("trend365day", day), "<html>") }
	site.Admit(fake.Person{Email: "label@example.com", Password: "password-1"})
	l.browse()
	l.env("DISTROKID_URL", l.serve(site), "DISTROKID_EMAIL", "label@example.com", "DISTROKID_PASSWORD", "password-1")
	return site
}
