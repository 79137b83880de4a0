package session

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// tidy is the cookie as it comes out of an import.
func tidy(change func(*Cookie)) Cookie {
	c := cookie("sid", in(30))
	change(&c)
	return c
}

func TestEveryExportOfABrowserIsRead(t *testing.T) {
	later := fmt.Sprint(now.AddDate(0, 0, 30).Unix())
	for name, c := range map[string]struct {
		text   string
		format string
		want   Cookie
	}{
		"a list of an extension": {
			`[{"domain":".site.example","expirationDate":` + later + `.5,"hostOnly":false,"httpOnly":true,"name":"sid","path":"/","sameSite":"no_restriction","secure":true,"session":false,"storeId":"0","value":"canary-sid-1","id":1}]`,
			"a list of cookies", tidy(func(c *Cookie) { c.Expires += 0.5; c.SameSite = "None" }),
		},
		"a host's own cookie": {
			`[{"domain":".app.site.example","hostOnly":true,"name":"sid","path":"/x","sameSite":"unspecified","secure":true,"httpOnly":true,"session":true,"expirationDate":` + later + `,"value":"canary-sid-1"}]`,
			"a list of cookies", tidy(func(c *Cookie) { c.Domain, c.Path, c.Expires = "app.site.example", "/x", -1 }),
		},
		"one without a word on who else may see it": {
			`[{"domain":"site.example","hostOnly":false,"name":"sid","sameSite":null,"secure":true,"httpOnly":true,"expirationDate":` + later + `,"value":"canary-sid-1"}]`,
			"a list of cookies", tidy(func(*Cookie) {}),
		},
		"an object with cookies, unencrypted none": {
			`{"url":"https://site.example","cookies":[{"domain":"SITE.example","name":"sid","path":"/","sameSite":"None","secure":false,"httpOnly":false,"value":"canary-sid-1","expirationDate":` + later + `}]}`,
			"an object with cookies", tidy(func(c *Cookie) { c.Domain, c.Secure, c.HTTPOnly = "site.example", false, false }),
		},
		"milliseconds, and a word nobody knows": {
			`{"cookies":[{"domain":".site.example","name":"sid","path":"/","sameSite":"bananas","secure":true,"httpOnly":true,"value":"canary-sid-1","expiry":"` + later + `000"}]}`,
			"an object with cookies", tidy(func(*Cookie) {}),
		},
		"a date": {
			`[{"domain":".site.example","name":"sid","path":"/","sameSite":"Strict","secure":true,"httpOnly":true,"value":"canary-sid-1","expires":"2026-12-26T04:00:00.000Z"}]`,
			"a list of cookies", tidy(func(c *Cookie) { c.SameSite = "Strict" }),
		},
		"Playwright's storage state": {
			`{"cookies":[{"name":"sid","value":"canary-sid-1","domain":".site.example","path":"/","expires":-1,"httpOnly":true,"secure":true,"sameSite":"Lax"}],"origins":[]}`,
			"a storage state", tidy(func(c *Cookie) { c.Expires = -1 }),
		},
		"cookies.txt": {
			"\ufeff# Netscape HTTP Cookie File\r\n# a word\r\n\r\n#HttpOnly_.site.example\tTRUE\t/\tTRUE\t" + later + "\tsid\tcanary-sid-1\r\n",
			"a cookies.txt", tidy(func(*Cookie) {}),
		},
		"cookies.txt, of a session and one host": {
			"site.example\tFALSE\t/\tFALSE\t0\tsid\tcanary-sid-1",
			"a cookies.txt", tidy(func(c *Cookie) { c.Domain, c.Expires, c.Secure, c.HTTPOnly = "site.example", -1, false, false }),
		},
		"the later of two": {
			"site.example\tTRUE\t/\tTRUE\t0\tsid\tcanary-old-1\n#HttpOnly_site.example\tTRUE\t/\tTRUE\t0\tsid\tcanary-sid-1",
			"a cookies.txt", tidy(func(c *Cookie) { c.Expires = -1 }),
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Import([]byte(c.text), rules, now)
			if err != nil || got.Format != c.format || len(got.Record.State.Cookies) != 1 || got.Record.State.Cookies[0] != c.want {
				t.Errorf("%+v, %v, wanted %+v", got, err, c.want)
			}
			if !slices.Equal(got.Missing, []string{"guard"}) || strings.Contains(strings.Join(got.Says(), "\n"), "canary") {
				t.Errorf("%q", got.Says())
			}
		})
	}
}

func TestAnImportTellsWhatItLeavesOut(t *testing.T) {
	got, err := Import([]byte(`{"cookies":[
		{"name":"sid","value":"canary-1","domain":"site.example","expires":`+fmt.Sprint(int(in(3)))+`},
		{"name":"guard","value":"canary-1","domain":"site.example","expires":`+fmt.Sprint(int(in(-3)))+`},
		{"name":"x","value":"canary-1","domain":"evilsite.example"},
		{"name":"__Host-x","value":"canary-1","domain":".site.example","secure":true,"path":"/"},
		{"name":"long","value":"`+strings.Repeat("x", 5000)+`","domain":"site.example"},
		{"name":"semi","value":"canary;1","domain":"site.example"},
		{"name":"far","value":"canary-1","domain":"site.example","expires":1e300},
		{"name":"nowhere","value":"canary-1"}, null,
		{"name":"odd","value":"canary-1","domain":"site.example","sameSite":2}
	],"origins":[{"origin":"https://site.example","localStorage":[{"name":"token","value":"`+jwt(-1, 5)+`"}]},{"origin":"https://other.example","localStorage":[]}]}`), rules, now)
	if err != nil {
		t.Fatal(err)
	}
	said := strings.Join(got.Says(), "\n")
	for _, want := range []string{
		"a storage state: 2 cookies, 1 origins", "of other sites: 2", "their time is over: guard", `"__Host-x" is not as its name demands`, `"long" is longer`, `"semi" has characters`,
		`"far" ends at no time`, `"nowhere" has no domain`, `"" has no name`, `"odd" has a sameSite`, "a login has them: guard",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("it does not say %q:\n%s", want, said)
		}
	}
	if strings.Contains(said, "canary") {
		t.Error("it says a value")
	}
	if !got.Record.LoggedInAt.Equal(now.AddDate(0, 0, -1)) || !rules.Expiry(got.Record).Equal(now.AddDate(0, 0, 3)) {
		t.Errorf("logged in %s, ends %s", got.Record.LoggedInAt, rules.Expiry(got.Record))
	}
}

func TestWhatIsNoLoginIsRefused(t *testing.T) {
	over := fmt.Sprint(now.AddDate(0, 0, -1).Unix())
	only := Rules{Hosts: rules.Hosts, AuthCookies: rules.AuthCookies}
	for text, c := range map[string]struct {
		rules Rules
		says  string
	}{
		"":                 {rules, "empty"},
		"hello":            {rules, "neither JSON nor a cookies.txt"},
		"a\tb\tc\td\te\tf": {rules, "neither JSON nor a cookies.txt"},
		"[":                {rules, "no list of cookies"},
		`["canary-1"]`:     {rules, "no list of cookies"},
		`{"cookies":{}}`:   {rules, "holds no cookies"},
		`{"a":1}`:          {rules, "holds no cookies"},
		`[]`:               {rules, "holds no cookie"},
		`[{"name":"sid","value":"canary-1","domain":"other.example"}]`:                                   {rules, "nothing of site.example"},
		`[{"name":"x","value":"canary-1","domain":"site.example","expirationDate":` + over + `}]`:        {rules, "all its cookies is over"},
		`[{"name":"x","value":"canary-1","domain":"site.example"}]`:                                      {rules, "local storage"},
		`[{"name":"y","value":"canary-1","domain":"site.example"}]`:                                      {only, "none of the cookies that a login of the site consists of: sid, guard"},
		"site.example\tTRUE\t/\tTRUE\t" + over + "\tsid\tcanary-1\nsite.example\tTRUE\t/\tTRUE\t0\tx\t1": {only, "the login in it is over"},
	} {
		_, err := Import([]byte(text), c.rules, now)
		refused(t, err, "login_unusable", c.says)
		if strings.Contains(fmt.Sprint(err), "canary") {
			t.Errorf("%q: the error says a value: %v", text, err)
		}
	}
	if _, err := Import([]byte(`[{"name":"x","value":"canary-1","domain":"anywhere.example"}]`), Rules{}, now); err != nil {
		t.Errorf("a site of which nothing is known: %v", err)
	}
}

func FuzzImport(f *testing.F) {
	for _, seed := range []string{
		`[{"domain":".site.example","expirationDate":1.5e9,"hostOnly":false,"name":"sid","sameSite":"no_restriction","value":"x"}]`,
		`{"cookies":[{"name":"guard","value":"x","domain":"site.example","expires":-1,"sameSite":null}],"origins":[{"origin":"https://site.example","localStorage":[{"name":"token","value":"a.e30.c"}]}]}`,
		"#HttpOnly_.site.example\tTRUE\t/\tTRUE\t0\tsid\tx\n", "site.example\tFALSE\t/\tTRUE\tNaN\tsid\tx\n", `[{"expires":"inf"}]`, "", "[null]",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := Import(data, rules, now)
		for _, c := range got.Record.State.Cookies {
			again := c
			if wrong := again.settle(); wrong != "" || again != c {
				t.Errorf("%+v is not settled: %s", c, wrong)
			}
			if !rules.has(c.Domain) || c.Expires != -1 && c.Expires <= float64(now.Unix()) || !slices.Contains([]string{"Strict", "Lax", "None"}, c.SameSite) {
				t.Errorf("%+v was taken", c)
			}
		}
		if err == nil && len(got.Record.State.Cookies)+len(got.Record.State.Origins) == 0 {
			t.Error("an empty login was taken")
		}
		if text, err := json.Marshal(got.Record); err != nil || !json.Valid(text) {
			t.Error(err)
		}
		rules.Expiry(got.Record)
		_ = got.Says()
		_ = Sealed(data)
		if _, err := (&Store{}).ImportSealed(bytes.Clone(data), By{Key: "x"}, nil); err == nil {
			t.Error("anything is an export")
		}
	})
}
