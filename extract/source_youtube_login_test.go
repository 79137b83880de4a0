package extract

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"bedrot/extract/fake"
	"bedrot/extract/session"
)

// person is somebody with a browser, who does something when a login shows the address of its page.
type person struct {
	t    *testing.T
	does func(page string)
	all  sync.WaitGroup
	said strings.Builder
}

func (p *person) say(format string, args ...any) {
	line := fmt.Sprintf(format, args...)
	p.said.WriteString(line + "\n")
	if strings.HasPrefix(line, "http") && p.does != nil {
		p.all.Go(func() { p.does(line) })
	}
}

// opens fetches a page and where it leads to, and tells how that ended.
func (p *person) opens(page string) string {
	client := &http.Client{Timeout: 5 * time.Second}
	response, err := client.Get(page)
	if err != nil {
		return err.Error()
	}
	defer func() { _ = response.Body.Close() }()
	text, _ := io.ReadAll(response.Body)
	return fmt.Sprint(response.StatusCode, " ", strings.TrimSpace(string(text)))
}

// back is the address of the port that waits, with what the page would bring.
func back(page string, change func(url.Values)) string {
	address, _ := url.Parse(page)
	query := address.Query()
	answer := url.Values{"state": {query.Get("state")}, "code": {"4/canary-code"}}
	change(answer)
	return query.Get("redirect_uri") + "?" + answer.Encode()
}

func loginTube(t *testing.T) (*tube, *session.Store, *person) {
	t.Helper()
	y := newTube(t, nil)
	delete(y.env, "YOUTUBE_REFRESH_TOKEN")
	store := &session.Store{Dir: filepath.Join(t.TempDir(), "logins"), Now: y.clockNow}
	y.Tokens = store
	p := &person{t: t}
	t.Cleanup(func() {
		p.all.Wait()
		for _, secret := range []string{"1//", "4/", "ya29.", "canary"} {
			if strings.Contains(p.said.String(), secret) {
				t.Errorf("%s was said: %s", secret, p.said.String())
			}
		}
	})
	return y, store, p
}

func (y *tube) logIn(t *testing.T, ctx context.Context, account string, p *person) error {
	t.Helper()
	s := y.sessionOf(account)
	return s.Source.Login(ctx, s, p.say)
}

func TestYoutubeLoginIsKeptAndUsed(t *testing.T) {
	y, store, p := loginTube(t)
	p.does = func(page string) {
		if got := p.opens(page); !strings.HasPrefix(got, "200 Thank you.") {
			t.Error(got)
		}
	}
	for account, channel := range map[string]string{"zone_a0": "UCzone-a0zone-a0zone-a0z", "pig1987": "UCpig1987pig1987pig1987p"} {
		y.fake.Browse(channel)
		if err := y.logIn(t, t.Context(), account, p); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(p.said.String(), "logged in as the owner of channel "+channel) {
			t.Error(p.said.String())
		}
	}
	list, err := store.List()
	if err != nil || len(list) != 2 || !list[0].ExpiresAt.Equal(worldNow.Add(604799*time.Second).Truncate(time.Second)) {
		t.Errorf("%+v, %v", list, err)
	}
	y.lake.Config.Accounts = map[string][]string{"youtube": {"zone_a0", "pig1987"}}
	equal(t, y.fetched(t, "channels"), "channels:pig1987 landed", "channels:zone_a0 landed")
	for _, account := range []string{"zone_a0", "pig1987"} {
		if text := y.text(t, y.drops(t, "channels", account)[0], ".json"); !strings.Contains(text, `"title":"`+account+`"`) {
			t.Errorf("%s: %s", account, text)
		}
	}
}

func TestYoutubeLoginListensToItsOwnPageOnly(t *testing.T) {
	y, store, p := loginTube(t)
	p.does = func(page string) {
		for name, c := range map[string][2]string{
			"another's state": {back(page, func(v url.Values) { v.Set("state", "x") }), "400"},
			"no state":        {back(page, func(v url.Values) { v.Del("state") }), "400"},
			"no code":         {back(page, func(v url.Values) { v.Del("code") }), "400"},
			"another path":    {strings.Replace(back(page, func(url.Values) {}), "/?", "/favicon.ico?", 1), "404"},
			"another host":    {strings.Replace(back(page, func(url.Values) {}), "127.0.0.1", "localhost", 1), "404"},
		} {
			if got := p.opens(c[0]); !strings.HasPrefix(got, c[1]) {
				t.Errorf("%s: %s", name, got)
			}
		}
		if got := p.opens(page); !strings.HasPrefix(got, "200") { // and it still waits
			t.Error(got)
		}
	}
	if err := y.logIn(t, t.Context(), "main", p); err != nil {
		t.Fatal(err)
	}
	if secret, err := store.Load("youtube", "main"); err != nil || !strings.HasPrefix(string(secret), "1//login-UCzone") {
		t.Errorf("%.9s…, %v", secret, err)
	}
}

func TestYoutubeLoginThatFailsKeepsTheOneBefore(t *testing.T) {
	granted := func(scope string) fake.Fault {
		return rewritten(tokenCall, `"scope":"[^"]*"`, `"scope":"https://www.googleapis.com/auth/`+scope+`"`, 1)
	}
	visit := func(p *person) func(string) { return func(page string) { p.opens(page) } }
	for name, c := range map[string]struct {
		fault *fake.Fault
		does  func(*person) func(string)
		want  string // the channel that it must be of
		says  string
	}{
		"refused by the person": {nil, func(p *person) func(string) {
			return func(page string) {
				p.opens(back(page, func(v url.Values) { v.Del("code"); v.Set("error", "access_denied") }))
			}
		}, "", "access_denied"},
		"a code that is none": {nil, func(p *person) func(string) {
			return func(page string) { p.opens(back(page, func(url.Values) {})) }
		}, "", "the login is over"},
		"a box that was not ticked": {ptr(granted("yt-analytics.readonly")), visit, "", "youtube.readonly was not ticked"},
		"another channel":           {nil, visit, "UCpig1987pig1987pig1987p", "and not of UCpig1987"},
		"no login that lasts":       {ptr(rewritten(tokenCall, `"refresh_token":"[^"]*",`, ``, 1)), visit, "", "no login that lasts"},
		"a proof that fails":        {ptr(googleSays("/channels", 403, "accessNotConfigured", -1)), visit, "", "It is accessNotConfigured"},
		"no token":                  {ptr(fake.Fault{Match: tokenCall, Status: 500, Body: "{}"}), visit, "", "Internal Server Error"}, // a code cannot be sent twice
	} {
		t.Run(name, func(t *testing.T) {
			y, store, p := loginTube(t)
			if err := store.Save("youtube", "main", []byte("1//canary-before")); err != nil {
				t.Fatal(err)
			}
			p.does = c.does(p)
			y.env["YOUTUBE_CHANNEL_ID"] = c.want
			if c.fault != nil {
				y.fake.Inject(*c.fault)
			}
			err := y.logIn(t, t.Context(), "main", p)
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v does not say %q", err, c.says)
			}
			told := describe(y.Sources[0], "main", Stream{}, y.mask, err)
			if told.Next == "" || strings.Contains(told.What+told.Next, "1//") || strings.Contains(told.What+told.Next, "4/") {
				t.Errorf("%s; %s", told.What, told.Next)
			}
			if secret, err := store.Load("youtube", "main"); err != nil || string(secret) != "1//canary-before" {
				t.Errorf("the login before is gone, %v", err)
			}
		})
	}
}

func ptr[T any](value T) *T { return &value }

func TestYoutubeLoginDoesNotWaitForEver(t *testing.T) {
	y, _, p := loginTube(t)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := y.logIn(t, ctx, "main", p); err == nil || !strings.Contains(err.Error(), "nobody came back") {
		t.Error(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	p.does = func(page string) { stop() }
	if err := y.logIn(t, ctx, "main", p); err != context.Canceled { //nolint:errorlint // the very one
		t.Error(err)
	}
	y.Tokens = nil
	if err := y.logIn(t, t.Context(), "main", p); err == nil {
		t.Error("logged in, and nowhere to keep it")
	}
}
