package browser_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"bedrot/extract/api"
	"bedrot/extract/browser"
	"bedrot/extract/session"
)

// chromium is started once for the package.
var chromium struct {
	*browser.Engine
	err error
}

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "bedrot-browser-")
	if err != nil {
		panic(err)
	}
	chromium.Engine, chromium.err = browser.Start(context.Background(), browser.Options{
		Driver: os.Getenv("BEDROT_PLAYWRIGHT"), Scratch: dir,
	})
	code := m.Run()
	if chromium.Engine != nil {
		_ = chromium.Close()
	}
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// visiting opens a page on a made-up site.
func visiting(t *testing.T, state session.State, serve http.HandlerFunc) (*browser.Visit, string) {
	t.Helper()
	if chromium.err != nil {
		t.Skip(chromium.err)
	}
	server := httptest.NewServer(serve)
	t.Cleanup(server.Close)
	v, err := chromium.Open(t.Context(), state, session.Rules{}, &api.Mask{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = v.Close() })
	return v, server.URL
}

// The home of Chromium is where the path of its sockets is not too long for Unix.
func TestALongTMPDIRIsNoMatter(t *testing.T) {
	if chromium.err != nil {
		t.Skip(chromium.err)
	}
	long := filepath.Join(t.TempDir(), strings.Repeat("long", 20))
	if err := os.Mkdir(long, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", long)
	engine, err := browser.Start(t.Context(), browser.Options{Driver: os.Getenv("BEDROT_PLAYWRIGHT"), Scratch: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	if err := engine.Close(); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(long); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestDownloadsComeWholeAndByTheirName(t *testing.T) {
	v, address := visiting(t, session.State{}, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/file", "/cut":
			w.Header().Set("Content-Disposition", `attachment; filename="results (1).csv"`)
			if r.URL.Path == "/cut" {
				w.Header().Set("Content-Length", "100000")
				_, _ = w.Write([]byte(strings.Repeat("a,b\n", 100)))
				w.(http.Flusher).Flush()
				time.Sleep(300 * time.Millisecond) // so that the browser knows of the download
				panic(http.ErrAbortHandler)
			}
			_, _ = w.Write([]byte("a,b\r\n1,2\r\n"))
		case "/gone":
			panic(http.ErrAbortHandler)
		case "/empty":
			w.Header().Set("Content-Disposition", `attachment; filename="x.csv"`)
		default:
			_, _ = w.Write([]byte(`<body><a id=new href=/file>get</a><a id=cut href=/cut>cut</a><a id=empty href=/empty>none</a><a id=gone href=/gone>gone</a></body>`))
		}
	})
	if err := v.Goto(address); err != nil {
		t.Fatal(err)
	}
	got, err := v.Download("the file", func() error { return v.Click("the link", browser.Selectors{"#old", "#new"}) })
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(got.Path)
	if err != nil || string(text) != "a,b\r\n1,2\r\n" || got.Name != "results (1).csv" {
		t.Errorf("%q, %q, %v", text, got.Name, err)
	}
	if odd := v.Oddities(); len(odd) != 1 || !strings.Contains(odd[0], "#old is there no more") {
		t.Error(odd)
	}
	for link, want := range map[string]api.Kind{"#cut": api.Transient, "#empty": api.Unexpected, "#gone": api.Transient} {
		if err := v.Goto(address); err != nil {
			t.Fatal(err)
		}
		_, err := v.Download("the file", func() error { return v.Click("the link", browser.Selectors{link}) })
		if fault, ok := api.As(err); !ok || fault.Kind != want {
			t.Errorf("%s: %v", link, err)
		}
	}
}

func TestAPagesOwnAnswersAreCollected(t *testing.T) {
	v, address := visiting(t, session.State{}, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/api/numbers" {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(`{"streams":"215" }`))
			return
		}
		_, _ = w.Write([]byte(`<script>fetch("/api/numbers?date=year"); fetch("/other")</script>`))
	})
	got, err := v.Collect(regexp.MustCompile(`/api/numbers`), 10*time.Second, func() error { return v.Goto(address) }, func(r []browser.Response) bool { return len(r) > 0 })
	if err != nil || len(got) != 1 || string(got[0].Body) != `{"streams":"215" }` || !strings.HasSuffix(got[0].URL, "?date=year") {
		t.Errorf("%v, %v", got, err)
	}
}

func TestEvidenceHoldsNoSecret(t *testing.T) {
	state := session.State{Cookies: []session.Cookie{{Name: "sid", Value: "canary-cookie-value", Domain: "127.0.0.1", Path: "/", Expires: -1, SameSite: "Lax"}}}
	v, address := visiting(t, state, func(w http.ResponseWriter, r *http.Request) {
		cookie, _ := r.Cookie("sid")
		_, _ = w.Write([]byte("<p>hello</p><input value='typed'><p>" + cookie.Value + "</p>"))
	})
	if err := v.Goto(address); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "evidence")
	if err := v.Evidence(dir); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"page.png", "page.html", "trace.zip"} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || len(text) == 0 || strings.Contains(string(text), "canary") {
			t.Errorf("%s: %d bytes, %v", name, len(text), err)
		}
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s may be read by others: %v", name, err)
		}
	}
}

func TestContextsShareNoCookie(t *testing.T) {
	serve := func(w http.ResponseWriter, r *http.Request) {
		if cookie, err := r.Cookie("who"); err == nil {
			_, _ = w.Write([]byte("<p id=seen>" + cookie.Value + "</p>"))
			return
		}
		http.SetCookie(w, &http.Cookie{Name: "who", Value: r.URL.Query().Get("name")})
		_, _ = w.Write([]byte("<p id=seen>nobody</p>"))
	}
	a, address := visiting(t, session.State{}, serve)
	b, err := chromium.Open(t.Context(), session.State{}, session.Rules{}, &api.Mask{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = b.Close() }()
	for _, look := range []struct {
		v    *browser.Visit
		name string
		want string
	}{{a, "zone", "nobody"}, {b, "pig", "nobody"}, {a, "", "zone"}, {b, "", "pig"}} {
		if err := look.v.Goto(address + "/?name=" + look.name); err != nil {
			t.Fatal(err)
		}
		if got, err := look.v.Text("who was seen", browser.Selectors{"#seen"}); err != nil || got != look.want {
			t.Errorf("%q, %v, wanted %q", got, err, look.want)
		}
	}
	state, err := a.State()
	if err != nil || len(state.Cookies) != 1 || state.Cookies[0].Value != "zone" {
		t.Errorf("%v, %v", state, err)
	}
}

func TestWaitingEndsWithItsContext(t *testing.T) {
	if chromium.err != nil {
		t.Skip(chromium.err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	v, err := chromium.Open(ctx, session.State{}, session.Rules{}, &api.Mask{})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer server.Close()
	time.AfterFunc(200*time.Millisecond, cancel)
	if err := v.Goto(server.URL); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// A person who closes the window has given up, and is not waited for.
func TestAClosedWindowEndsTheWaitForAPerson(t *testing.T) {
	loaded := make(chan struct{}, 1)
	v, address := visiting(t, session.State{}, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/loaded" {
			loaded <- struct{}{}
		}
		_, _ = w.Write([]byte("<p><input type=password><script>onload = () => setTimeout(() => fetch('/loaded'), 300)</script>"))
	})
	go func() {
		<-loaded // in the middle of a navigation the driver's own close waits for its end
		_ = v.CloseWindow()
	}()
	err := v.AwaitPerson(browser.Site{Base: address, In: browser.Selectors{"#in"}}, time.Minute)
	if fault, ok := api.As(err); !ok || fault.Kind != api.Login || !strings.Contains(fault.Message, "was closed") {
		t.Error(err)
	}
}

// What the driver panics of, as it does where a page closes in the middle of an answer, is an error.
func TestADriverThatPanicsIsAnError(t *testing.T) {
	if err := browser.Guarded(func() error { panic("not a channel") }); err == nil || !strings.Contains(err.Error(), "not a channel") {
		t.Error(err)
	}
}
