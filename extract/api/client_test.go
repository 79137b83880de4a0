package api_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bedrot/extract/api"
)

var now = time.Date(2026, time.November, 26, 4, 0, 0, 0, time.UTC)

// asking is a client of a made-up service, with a record of its waits.
func asking(t *testing.T, policy api.Policy, serve http.HandlerFunc) (*api.Client, string, *[]time.Duration) {
	t.Helper()
	server := httptest.NewServer(serve)
	t.Cleanup(server.Close)
	waits := &[]time.Duration{}
	client := api.New(api.NewGate(policy), api.Options{
		Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return now },
		Wait: func(ctx context.Context, d time.Duration) error {
			*waits = append(*waits, d)
			return ctx.Err()
		},
	})
	return client, server.URL, waits
}

func TestWaitsAreThoseTheServiceAsksFor(t *testing.T) {
	for name, c := range map[string]struct {
		header string
		want   time.Duration
	}{
		"seconds":  {"120", 2 * time.Minute},
		"a date":   {"Thu, 26 Nov 2026 04:05:00 GMT", 5 * time.Minute},
		"the past": {"Thu, 26 Nov 2026 03:05:00 GMT", 0},
		"nonsense": {"soon", 0},
		"negative": {"-5", 0},
		"infinite": {"1e300", 0},
		"not any":  {"NaN", 0},
	} {
		if got := api.RetryAfter(http.Header{"Retry-After": {c.header}}, now); got != c.want {
			t.Errorf("%s: %v, wanted %v", name, got, c.want)
		}
	}
	n := 0
	client, address, waits := asking(t, api.Policy{First: time.Second}, func(w http.ResponseWriter, _ *http.Request) {
		if n++; n < 3 {
			w.Header().Set("Retry-After", "90")
			w.WriteHeader(http.StatusTooManyRequests)
		}
		_, _ = w.Write([]byte("{}"))
	})
	if _, err := client.Do(t.Context(), api.Request{URL: address}); err != nil {
		t.Fatal(err)
	}
	for _, wait := range *waits {
		if wait != 90*time.Second {
			t.Errorf("waited %v", wait)
		}
	}
	if len(*waits) != 2 {
		t.Errorf("%d waits", len(*waits))
	}
}

func TestRetriesAreBounded(t *testing.T) {
	sent := 0
	client, address, waits := asking(t, api.Policy{First: time.Second}, func(w http.ResponseWriter, _ *http.Request) {
		sent++
		w.WriteHeader(http.StatusBadGateway)
	})
	const planned = 100
	for range planned {
		_, err := client.Do(t.Context(), api.Request{URL: address})
		if fault, ok := api.As(err); !ok || fault.Kind != api.Transient {
			t.Fatal(err)
		}
	}
	if sent > planned*113/100 { // one in ten, and three in reserve
		t.Errorf("%d requests for %d", sent, planned)
	}
	for i := 1; i < 3; i++ {
		if (*waits)[i] <= (*waits)[i-1] {
			t.Errorf("waits do not grow: %v", (*waits)[:3])
		}
	}
	before := sent
	if _, err := client.Do(t.Context(), api.Request{URL: address, Method: http.MethodPost, JSON: map[string]int{}}); err == nil || sent != before+1 {
		t.Errorf("a POST was sent %d times: %v", sent-before, err)
	}
}

func TestUsageIsObeyedBeforeTheLimit(t *testing.T) {
	policy := api.Policy{Pace: func(h http.Header) time.Duration {
		if h.Get("X-Usage") == "97" {
			return 5 * time.Minute
		}
		return 0
	}}
	client, address, waits := asking(t, policy, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Usage", "97")
		_, _ = w.Write([]byte("{}"))
	})
	for range 2 {
		if _, err := client.Do(t.Context(), api.Request{URL: address}); err != nil {
			t.Fatal(err)
		}
	}
	if len(*waits) != 1 || (*waits)[0] != 5*time.Minute {
		t.Errorf("waited %v", *waits)
	}
}

func TestWhatAnAnswerMayNotBe(t *testing.T) {
	client, address, _ := asking(t, api.Policy{MaxBody: 1000, Tries: 1}, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/large":
			_, _ = w.Write([]byte("[" + strings.Repeat("1,", 1000) + "1]"))
		case "/loop":
			http.Redirect(w, r, "/loop", http.StatusFound)
		case "/here":
			http.Redirect(w, r, "/fine", http.StatusFound)
		default:
			_, _ = w.Write([]byte("{}"))
		}
	})
	for path, want := range map[string]api.Kind{"/large": api.TooMuch, "/loop": api.Transient} {
		_, err := client.Do(t.Context(), api.Request{URL: address + path})
		if fault, ok := api.As(err); !ok || fault.Kind != want {
			t.Errorf("%s: %v", path, err)
		}
	}
	if _, err := client.Do(t.Context(), api.Request{URL: address + "/here"}); err != nil {
		t.Error(err)
	}
	_, err := client.Do(t.Context(), api.Request{URL: "http://service.example/x"})
	if err == nil || !strings.Contains(err.Error(), "not encrypted") {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := client.Do(ctx, api.Request{URL: address}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestNothingSecretIsSaid(t *testing.T) {
	mask := &api.Mask{}
	mask.Add("s3cret/+token", "abc")
	var said strings.Builder
	log := mask.Log(slog.New(slog.NewTextHandler(&said, nil))).With("token", "s3cret/+token").WithGroup("g")
	log.Info("has s3cret/+token", "url", "x?access_token=s3cret%2F%2Btoken", slog.Group("inner", "basic", "Basic OnMzY3JldC8rdG9rZW4="), "n", 7, "err", errors.New("s3cret/+token"))
	if text := said.String(); strings.Contains(text, "3cret") || strings.Contains(text, "OnMzY3") || !strings.Contains(text, "n=7") {
		t.Error(text)
	}
	if got := mask.Text("abc stays"); got != "abc stays" {
		t.Error(got)
	}
}

func TestARecordingIsScrubbedAndReplays(t *testing.T) {
	mask := &api.Mask{}
	mask.Add("canary-token-9")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("X-App-Usage", `{"call_count":28}`)
		w.Header().Set("Set-Cookie", "session=canary-cookie")
		_, _ = w.Write([]byte(`{"id":"12345678901234567890","spend":100.10,"from_name":"A Person","reply_to":"a.person@example.org",
			"next":"https://x/y?access_token=canary-token-9&after=1","access_token":"another-canary"}`))
	}))
	defer server.Close()
	dir := t.TempDir()
	get := func(transport http.RoundTripper) (string, error) {
		client := api.New(api.NewGate(api.Policy{Tries: 1}), api.Options{Transport: transport, Mask: mask, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return now }})
		answer, err := client.Do(t.Context(), api.Request{URL: server.URL + "/v1/x", Query: map[string][]string{"access_token": {"canary-token-9"}, "after": {"0"}}})
		if err != nil {
			return "", err
		}
		return string(answer.Body), nil
	}
	if _, err := get(&api.Recorder{Dir: dir, Next: http.DefaultTransport, Mask: mask, Private: []string{"from_name"}}); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "0001.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"canary", "Person", "a.person"} {
		if strings.Contains(string(text), secret) {
			t.Errorf("the recording holds %s: %s", secret, text)
		}
	}
	for _, kept := range []string{"12345678901234567890", "100.10", "call_count"} {
		if !strings.Contains(string(text), kept) {
			t.Errorf("the recording lacks %s: %s", kept, text)
		}
	}
	replay, err := api.Replay(dir)
	if err != nil {
		t.Fatal(err)
	}
	body, err := get(replay)
	if err != nil || !strings.Contains(body, "12345678901234567890") {
		t.Errorf("%s, %v", body, err)
	}
	if _, err := get(replay); err == nil || !strings.Contains(err.Error(), "no answer left") {
		t.Error(err)
	}
}
