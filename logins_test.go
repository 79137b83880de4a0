package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
)

// ageKey is a new one.
func ageKey(t testing.TB) string {
	t.Helper()
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return identity.String()
}

// withLogins is a lake whose .env says where logins are kept, and by which key they are encrypted.
func withLogins(t testing.TB, key string) *lake {
	t.Helper()
	return newLake(t).withLogins(key)
}

func (l *lake) withLogins(key string) *lake {
	l.t.Helper()
	l.inLake("lake.toml", "[accounts]\ntiktok = [\"zone_a0\", \"pig1987\"]\n")
	l.inLake(".env", "BEDROT_SESSIONS="+filepath.Join(l.t.TempDir(), "logins")+"\nBEDROT_SESSION_KEY="+key+"\n")
	if err := os.Chmod(filepath.Join(l.root, ".env"), 0o600); err != nil {
		l.t.Fatal(err)
	}
	return l
}

// tiktokCookies is an extension's export with a login that ends after some days.
func tiktokCookies(l *lake, days int) string {
	ends := l.now.Add(time.Duration(days)*24*time.Hour + time.Hour).Unix()
	var list []map[string]any
	for _, name := range []string{"sessionid", "sid_guard", "uid_tt"} {
		list = append(list, map[string]any{"name": name, "value": "canary-" + name + "-1", "domain": ".tiktok.com", "hostOnly": false, "expirationDate": ends, "sameSite": "no_restriction", "secure": true})
	}
	text, err := json.Marshal(list)
	if err != nil {
		l.t.Fatal(err)
	}
	return l.file("cookies.json", string(text))
}

func TestHowLongLoginsLastIsListed(t *testing.T) {
	l := withLogins(t, ageKey(t))
	part := base64.RawURLEncoding.EncodeToString
	jwt := part([]byte("{}")) + "." + part(fmt.Appendf(nil, `{"exp":%d}`, l.now.AddDate(0, 0, 4).Unix())) + "." + part([]byte("canary"))
	token := l.file("state.json", `{"cookies":[],"origins":[{"origin":"https://toolost.com","localStorage":[{"name":"token","value":"`+jwt+`"}]}]}`)
	plain := l.file("cookies.txt", "distrokid.com\tTRUE\t/\tTRUE\t0\tanything\tcanary-1\n")
	var talk strings.Builder
	for _, args := range [][]string{
		{"import", tiktokCookies(l, 20), "--source", "tiktok", "--account", "pig1987"}, {"import", token, "--source", "toolost"}, {"import", plain, "--source", "distrokid"},
	} {
		talk.WriteString(l.ok(append([]string{"session"}, args...)...).err)
	}
	var list []struct {
		Source, Account, State string
		ExpiresAt              *time.Time `json:"expires_at"`
		DaysLeft               *int       `json:"days_left"`
	}
	said := l.ok("session", "list", "--json")
	if err := json.Unmarshal([]byte(said.out), &list); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, one := range list {
		days := "unknown"
		if one.DaysLeft != nil {
			days = fmt.Sprint(*one.DaysLeft)
		}
		got[one.Source+":"+one.Account] = one.State + " " + days
	}
	for name, want := range map[string]string{
		"tiktok:pig1987": "valid 20", "tiktok:zone_a0": "never unknown", "toolost:main": "expiring 4", "distrokid:main": "unknown unknown", "youtube:main": "never unknown",
	} {
		if got[name] != want {
			t.Errorf("%s is %q, want %q", name, got[name], want)
		}
	}
	if lines := l.ok("session"); !strings.Contains(lines.out, "tiktok:pig1987           valid     20 days, until 2026-01-22 04:04") {
		t.Error(lines.out)
	}
	if strings.Contains(talk.String()+said.out, "canary") {
		t.Error("a secret is told")
	}
}

func TestALoginIsCarriedByTheCommandLine(t *testing.T) {
	key := ageKey(t)
	laptop, server := withLogins(t, key), withLogins(t, key)
	laptop.ok("session", "import", tiktokCookies(laptop, 20), "--source", "tiktok", "--account", "pig1987")
	file := filepath.Join(t.TempDir(), "login.age")
	laptop.ok("session", "export", "tiktok", "--account", "pig1987", "--to", file)
	if text := laptop.ok("session", "export", "tiktok", "--account", "pig1987").out; !strings.HasPrefix(text, "-----BEGIN AGE ENCRYPTED FILE-----") {
		t.Errorf("%.60s", text)
	}
	server.want(1, []string{"the login of tiktok:pig1987"}, "session", "import", file, "--account", "zone_a0")
	server.ok("session", "import", file)
	if list := server.ok("session", "list", "tiktok").out; !strings.Contains(list, "tiktok:pig1987           valid") {
		t.Error(list)
	}
	server.ok("session", "forget", "tiktok", "--account", "pig1987")
	if list := server.ok("session", "list", "tiktok").out; !strings.Contains(list, "tiktok:pig1987           never") {
		t.Error(list)
	}
	server.want(6, []string{"no login to export", "bedrot session login tiktok --account pig1987"}, "session", "export", "tiktok", "--account", "pig1987")
	server.want(6, []string{"nobody has logged in"}, "session", "test", "tiktok", "--account", "pig1987")
	server.want(2, []string{"which account"}, "session", "login", "tiktok")
	server.want(2, []string{"there are list, login"}, "session", "dance")
	server.want(2, []string{"takes one name"}, "session", "login", "a", "b")
	server.want(2, []string{"which file"}, "session", "import")
	server.want(1, []string{"no such file"}, "session", "import", filepath.Join(t.TempDir(), "none"))
	server.want(1, []string{"login_unusable"}, "--json", "session", "import", server.file("none.json", "[]"), "--source", "tiktok", "--account", "pig1987")
}

func TestARunWarnsOfLoginsThatEndSoon(t *testing.T) {
	l := withLogins(t, ageKey(t))
	l.ok("session", "import", tiktokCookies(l, 2), "--source", "tiktok", "--account", "pig1987")
	said := l.ok("extract", "--dry-run", "--json")
	found := 0
	for _, e := range records(said) {
		if e.Code == "login_ending" {
			found++
			if e.Account != "pig1987" || e.Class != "authentication" || !e.Recovered || !strings.Contains(e.What, "in 2 days: it is high time") {
				t.Errorf("%+v", e)
			}
		}
	}
	if found != 1 {
		t.Errorf("%d warnings:\n%s", found, said.out)
	}
	if said := l.ok("extract", "--dry-run", "--only", "tiktok:zone_a0", "--json"); strings.Contains(said.out, "login_ending") {
		t.Error(said.out)
	}
}
