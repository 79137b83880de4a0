package extract

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"bedrot/zones"
)

// watcher is somebody outside who listens: it answers with the statuses given, the last for good.
type watcher struct {
	*httptest.Server
	mu       sync.Mutex
	statuses []int
	paths    []string
	waits    []time.Duration

	transport http.RoundTripper
	limit     time.Duration
}

func newWatcher(t *testing.T, statuses ...int) *watcher {
	t.Helper()
	w := &watcher{statuses: statuses, limit: 10 * time.Second}
	w.Server = httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		w.mu.Lock()
		w.paths = append(w.paths, r.Method+" "+r.URL.RequestURI())
		status := w.statuses[min(len(w.paths), len(w.statuses))-1]
		w.mu.Unlock()
		switch {
		case r.URL.Path == "/moved":
			status = http.StatusOK
		case status == http.StatusMovedPermanently:
			out.Header().Set("Location", "http://127.0.0.2:9/canary-elsewhere")
		case status == http.StatusFound:
			out.Header().Set("Location", "/moved")
		case status == 0:
			<-r.Context().Done() // until the caller has had enough
			return
		}
		out.WriteHeader(status)
	}))
	t.Cleanup(w.Close)
	return w
}

func (w *watcher) call(ctx context.Context, address string, exit int) error {
	return heartbeat{transport: w.transport, limit: w.limit, pause: 2 * time.Second, wait: func(ctx context.Context, d time.Duration) error {
		w.waits = append(w.waits, d)
		return ctx.Err()
	}}.call(ctx, address, exit)
}

func TestHeartbeatIsCalledAfterRunsThatPublished(t *testing.T) {
	for _, exit := range []int{0, 1, 2, 3, 4, 5, 6, 130} {
		w := newWatcher(t, 200)
		if err := Heartbeat(t.Context(), nil, w.URL+"/ping?key=canary", exit); err != nil {
			t.Error(err)
		}
		if want := exit == 0 || exit == 3 || exit == 6; (len(w.paths) == 1) != want {
			t.Errorf("exit %d: %v", exit, w.paths)
		}
		if err := Heartbeat(t.Context(), w.Client().Transport, w.URL+"/canary/{exit}?again={exit}", exit); err != nil {
			t.Error(err)
		}
		if want := fmt.Sprintf("GET /canary/%d?again=%[1]d", exit); w.paths[len(w.paths)-1] != want {
			t.Errorf("%v, wanted %s", w.paths, want)
		}
	}
	if err := Heartbeat(t.Context(), nil, "", 0); err != nil { // none is set
		t.Error(err)
	}
}

func TestHeartbeatIsTriedThreeTimes(t *testing.T) {
	for name, c := range map[string]struct {
		statuses []int
		calls    int
		problem  string // empty: it got through
	}{
		"at once":                 {[]int{204}, 1, ""},
		"after two 500":           {[]int{500, 503, 200}, 3, ""},
		"after a throttle":        {[]int{429, 200}, 2, ""},
		"never":                   {[]int{500}, 3, "answered 500"},
		"an address of nobody":    {[]int{404}, 1, "answered 404"},
		"silence":                 {[]int{0}, 3, "no answer came within 200ms"},
		"silence at first":        {[]int{0, 200}, 2, ""},
		"a redirect on the host":  {[]int{302}, 2, ""},
		"a redirect to elsewhere": {[]int{301}, 1, "another host"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWatcher(t, c.statuses...)
			if slices.Contains(c.statuses, 0) {
				w.limit = 200 * time.Millisecond
			}
			err := w.call(t.Context(), w.URL+"/canary-uuid/{exit}", 0)
			if (err == nil) != (c.problem == "") || err != nil && !strings.Contains(err.Error(), c.problem) {
				t.Errorf("%v, wanted %q", err, c.problem)
			}
			w.Close()
			if len(w.paths) != c.calls || !slices.Equal(w.waits, []time.Duration{2 * time.Second, 4 * time.Second}[:len(w.waits)]) {
				t.Errorf("%v, waits %v", w.paths, w.waits)
			}
			silent(t, err)
		})
	}
}

// silent fails the test when an error says the address, or nobody could act on it.
func silent(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		return
	}
	var told *zones.Error
	if !errors.As(err, &told) || told.Code != "heartbeat_failed" || told.Severity != "warn" || told.Next == "" {
		t.Errorf("%+v", err)
	}
	for all := err; all != nil; all = errors.Unwrap(all) {
		if text := fmt.Sprintf("%v %+v %#v", all, all, all); strings.Contains(text, "canary") || strings.Contains(text, "127.0.0") || strings.Contains(text, "://") {
			t.Errorf("says the address: %s", text)
		}
	}
}

func TestHeartbeatNeverSaysItsAddress(t *testing.T) {
	w := newWatcher(t, 200)
	closed := w.URL
	w.Close()
	secure := httptest.NewUnstartedServer(http.NotFoundHandler())
	secure.Config.ErrorLog = log.New(io.Discard, "", 0) // that the client does not trust it
	secure.StartTLS()
	t.Cleanup(secure.Close)
	for address, problem := range map[string]string{
		closed + "/canary":               "cannot be reached",
		secure.URL + "/canary":           "certificate",
		"http://canary.example.com/uuid": "not of https",
		"ftp://127.0.0.1/canary":         "not of https",
		"canary":                         "none",
		"http://[canary":                 "none",
		"https://127.0.0.1/\x7fcanary":   "none",
	} {
		err := w.call(t.Context(), address, 0)
		if err == nil || !strings.Contains(err.Error(), problem) {
			t.Errorf("%v, wanted %q", err, problem)
		}
		silent(t, err)
	}
	w.transport = roundTrip(func(*http.Request) (*http.Response, error) {
		return nil, &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "canary.example.com", IsNotFound: true}}
	})
	err := w.call(t.Context(), "https://canary.example.com/uuid", 0)
	if err == nil || !strings.Contains(err.Error(), "name is not known") {
		t.Error(err)
	}
	silent(t, err)
}

func TestHeartbeatEndsWithItsContext(t *testing.T) {
	w := newWatcher(t, 0)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(10*time.Millisecond, cancel)
	if err := w.call(ctx, w.URL+"/canary", 0); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
