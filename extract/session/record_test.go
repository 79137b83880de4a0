package session

import (
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

// rules of a made-up site. Values of cookies and tokens begin with canary: none may be said.
var rules = Rules{Hosts: []string{"site.example"}, AuthCookies: []string{"sid", "guard"}, TokenKeys: []string{"token", "auth"}}

func cookie(name string, expires float64) Cookie {
	return Cookie{Name: name, Value: "canary-" + name + "-1", Domain: ".site.example", Path: "/", Expires: expires, Secure: true, HTTPOnly: true, SameSite: "Lax"}
}

func in(days int) float64 { return float64(now.AddDate(0, 0, days).Unix()) }

// jwt is a made-up token that says when it was given and when it ends; zero says nothing.
func jwt(issued, ends int) string {
	claims := `{"sub":"canary-1"`
	if issued != 0 {
		claims += fmt.Sprintf(`,"iat":%d`, now.AddDate(0, 0, issued).Unix())
	}
	if ends != 0 {
		claims += fmt.Sprintf(`,"exp":%d`, now.AddDate(0, 0, ends).Unix())
	}
	part := base64.RawURLEncoding.EncodeToString
	return part([]byte(`{"alg":"HS256"}`)) + "." + part([]byte(claims+"}")) + "." + part([]byte("canary-signature"))
}

func stored(items ...Item) []Origin {
	return []Origin{{Origin: "https://app.site.example", LocalStorage: items}}
}

func TestWhenALoginEnds(t *testing.T) {
	for name, c := range map[string]struct {
		record Record
		lasts  time.Duration
		days   int // from now; unknown is 0
	}{
		"the first of its cookies":             {Record{State: State{Cookies: []Cookie{cookie("sid", in(40)), cookie("guard", in(20)), cookie("tracker", in(1))}}}, 0, 20},
		"session cookies say nothing":          {Record{State: State{Cookies: []Cookie{cookie("sid", -1), cookie("guard", in(20))}}}, 0, 20},
		"only session cookies":                 {Record{State: State{Cookies: []Cookie{cookie("sid", -1), cookie("guard", -1)}}}, 0, 0},
		"nothing of a login":                   {Record{State: State{Cookies: []Cookie{cookie("tracker", in(1))}}}, 0, 0},
		"nothing, of a site that says nothing": {Record{LoggedInAt: now}, 0, 0},
		"one that is over":                     {Record{State: State{Cookies: []Cookie{cookie("sid", in(-3)), cookie("guard", in(20))}}}, 0, -3},
		"the one that lasts, of two":           {Record{State: State{Cookies: []Cookie{cookie("sid", in(-3)), cookie("sid", in(9))}}}, 0, 9},
		"a session cookie, of two":             {Record{State: State{Cookies: []Cookie{cookie("sid", in(-3)), cookie("sid", -1)}}}, 0, 0},
		"a session cookie first, of two":       {Record{State: State{Cookies: []Cookie{cookie("sid", -1), cookie("sid", in(9))}}}, 0, 0},
		"a token":                              {Record{State: State{Origins: stored(Item{"token", jwt(0, 5)})}}, 0, 5},
		"a token in quotes":                    {Record{State: State{Origins: stored(Item{"token", `"` + jwt(0, 5) + `"`})}}, 0, 5},
		"a token in JSON":                      {Record{State: State{Origins: stored(Item{"auth", `{"user":{"id":1},"access_token":"` + jwt(0, 6) + `"}`})}}, 0, 6},
		"a token in JSON in JSON":              {Record{State: State{Origins: stored(Item{"auth", `{"state":"{\"t\":\"Bearer ` + jwt(0, 6) + `\"}"}`})}}, 0, 6},
		"the token that renews":                {Record{State: State{Origins: stored(Item{"token", jwt(0, 1)}, Item{"auth", jwt(0, 7)})}}, 0, 7},
		"a token of another key":               {Record{State: State{Origins: stored(Item{"tracker", jwt(0, 5)})}}, 0, 0},
		"a token that says nothing":            {Record{State: State{Origins: stored(Item{"token", jwt(1, 0)})}}, 0, 0},
		"no token at all":                      {Record{State: State{Origins: stored(Item{"token", "opaque.canary-1.x"})}}, 0, 0},
		"cookies and token":                    {Record{State: State{Cookies: []Cookie{cookie("sid", in(20))}, Origins: stored(Item{"token", jwt(0, 5)})}}, 0, 5},
		"as long as logins last":               {Record{LoggedInAt: now.AddDate(0, 0, -4), State: State{Cookies: []Cookie{cookie("sid", -1)}}}, 30 * 24 * time.Hour, 26},
		"what says so goes before it":          {Record{LoggedInAt: now.AddDate(0, 0, -4), State: State{Cookies: []Cookie{cookie("sid", in(60))}}}, 30 * 24 * time.Hour, 60},
		"as long as they last since when":      {Record{State: State{Cookies: []Cookie{cookie("sid", -1)}}}, 30 * 24 * time.Hour, 0},
	} {
		t.Run(name, func(t *testing.T) {
			r := rules
			r.Lasts = c.lasts
			want := time.Time{}
			if c.days != 0 {
				want = now.AddDate(0, 0, c.days)
			}
			if got := r.Expiry(c.record); !got.Equal(want) {
				t.Errorf("%s, wanted %s", got, want)
			}
		})
	}
}

func TestHowALoginStands(t *testing.T) {
	for name, c := range map[string]struct {
		login Login
		state string
		left  string
		days  any
		hurry bool
	}{
		"long":           {Login{ExpiresAt: now.AddDate(0, 0, 8)}, Valid, "8 days", 8, false},
		"a week":         {Login{ExpiresAt: now.AddDate(0, 0, 7)}, Expiring, "7 days", 7, false},
		"soon":           {Login{ExpiresAt: now.AddDate(0, 0, 3)}, Expiring, "3 days", 3, true},
		"tomorrow":       {Login{ExpiresAt: now.Add(25 * time.Hour)}, Expiring, "1 day", 1, true},
		"today":          {Login{ExpiresAt: now.Add(time.Hour)}, Expiring, "less than a day", 0, true},
		"now":            {Login{ExpiresAt: now}, Expired, "less than a day", 0, false},
		"over":           {Login{ExpiresAt: now.AddDate(0, 0, -2)}, Expired, "over since 2026-11-24", -2, false},
		"unknown":        {Login{}, Unknown, "nobody knows how long", nil, false},
		"refused":        {Login{RefusedAt: now}, Expired, "nobody knows how long", nil, false},
		"refused, valid": {Login{ExpiresAt: now.AddDate(0, 0, 8), RefusedAt: now}, Expired, "8 days", 8, false},
	} {
		t.Run(name, func(t *testing.T) {
			st := c.login.Standing(now)
			if st.State != c.state || st.Left() != c.left || st.Urgent() != c.hurry || (st.DaysLeft == nil) != (c.days == nil) || st.DaysLeft != nil && *st.DaysLeft != c.days {
				t.Errorf("%+v, %s", st, st.Left())
			}
		})
	}
	token := Login{Kind: KindToken, SavedAt: now}.Standing(now)
	if token.LastLoginAt == nil || !token.LastLoginAt.Equal(now) {
		t.Errorf("a token was saved when somebody logged in: %+v", token)
	}
}

func TestABrowsersLoginIsKeptAndListedWithoutOpeningIt(t *testing.T) {
	s := newStore(t)
	s.Passphrase = "correct horse"
	record := Record{LoggedInAt: now.AddDate(0, 0, -1), ProvenAt: now, State: State{
		Cookies: []Cookie{cookie("sid", in(5)), {Name: "foreign", Domain: "tracker.example", Path: "/", Expires: -1}},
		Origins: append(stored(Item{"token", "canary-token-1"}), Origin{Origin: "https://notsite.example"}, Origin{Origin: "://"}),
	}}
	if err := s.SaveRecord("made_up", "main", record, rules); err != nil {
		t.Fatal(err)
	}
	got, err := s.LoadRecord("made_up", "main")
	record.State.Cookies, record.State.Origins = record.State.Cookies[:1], record.State.Origins[:1] // what is the site's
	if err != nil || !reflect.DeepEqual(got, record) {
		t.Errorf("%+v, %v", got, err)
	}
	s.Passphrase = ""
	list, err := s.List()
	want := Login{Source: "made_up", Account: "main", Kind: KindBrowser, SavedAt: now, LoggedInAt: now.AddDate(0, 0, -1), ProvenAt: now, ExpiresAt: now.AddDate(0, 0, 5), Sealed: ByPassphrase}
	if err != nil || len(list) != 1 || list[0] != want {
		t.Errorf("%+v, %v", list, err)
	}
	_, err = s.Load("made_up", "main") // as a token
	refused(t, err, "login_needed", "another kind")
	save(t, s, "youtube", "main", "canary-1")
	_, err = s.LoadRecord("youtube", "main")
	refused(t, err, "login_needed", "another kind")
	if _, err := s.LoadRecord("made_up", "other"); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

func TestARefusedLoginIsToldUntilItIsReplaced(t *testing.T) {
	s := newStore(t)
	record := Record{State: State{Cookies: []Cookie{cookie("sid", in(50))}}}
	save := func() {
		t.Helper()
		if err := s.SaveRecord("made_up", "main", record, rules); err != nil {
			t.Fatal(err)
		}
	}
	state := func() string {
		t.Helper()
		list, err := s.List()
		if err != nil || len(list) != 1 {
			t.Fatal(list, err)
		}
		return list[0].Standing(now).State
	}
	if err := s.Refused("made_up", "main", now); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("refused before the login: %v", err)
	}
	save()
	if err := s.Refused("made_up", "main", now.Add(-time.Minute)); err != nil || state() != Valid {
		t.Errorf("a login that was saved since is refused: %v", err)
	}
	if err := s.Refused("made_up", "main", now); err != nil || state() != Expired {
		t.Errorf("%s, %v", state(), err)
	}
	if _, err := s.LoadRecord("made_up", "main"); err != nil {
		t.Errorf("it is there no more: %v", err)
	}
	save()
	if state() != Valid {
		t.Error("a new login is as refused as the one before")
	}
	record.State.Cookies[0].Value = strings.Repeat("x", maxLogin)
	if err := s.SaveRecord("made_up", "main", record, rules); err == nil || state() != Valid {
		t.Errorf("%s, %v", state(), err)
	}
	if info, err := os.Stat(filepath.Join(s.Dir, "made_up", "main", "login.json")); err != nil || info.Mode().Perm() != 0o600 || info.Size() > maxLogin {
		t.Error(info, err)
	}
}
