// Package fake has a server for each service that extract asks, built from what the services document. They
// check what clients get wrong and fail as services fail when told to. Tests and the live demo ask them.
package fake

import (
	"fmt"
	"net/http"
	"regexp"
	"sync"
	"time"
)

// Fault is something that goes wrong with the next calls that match it.
type Fault struct {
	// Match is a regular expression for METHOD /path?query; empty fits every call.
	Match string
	// Skip is how many matching calls go well before; Times how many then go wrong, 0 being one and -1 all.
	Skip, Times int
	// Status and Body are answered in place of the real answer, with Header; Status 0 leaves the answer.
	Status int
	Header map[string]string
	Body   string
	// Cut ends the connection after that many bytes of the answer.
	Cut int
	// Stall keeps the connection open and silent after the headers, until the client goes away.
	Stall bool
	// Delay comes before the answer.
	Delay time.Duration
	// Change rewrites the real answer.
	Change func([]byte) []byte
}

// Call is one that came in.
type Call struct {
	Method, Path, Query, Authorization string
	At                                 time.Time
}

// Kit is what every fake has: faults to inject, calls to look at, and complaints about clients.
type Kit struct {
	// Now is the fake's clock.
	Now func() time.Time

	mu       sync.Mutex
	faults   []*Fault
	calls    []Call
	wrong    []string
	open     int
	mostOpen int
}

// Inject adds faults; they are used up in order.
func (k *Kit) Inject(faults ...Fault) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, f := range faults {
		k.faults = append(k.faults, &f)
	}
}

// Relent takes back every fault that is left.
func (k *Kit) Relent() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.faults = nil
}

// Calls are those that came in, in order.
func (k *Kit) Calls() []Call {
	k.mu.Lock()
	defer k.mu.Unlock()
	return append([]Call(nil), k.calls...)
}

// MostOpen is how many calls were open at the same time at most.
func (k *Kit) MostOpen() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.mostOpen
}

// Wrong are the mistakes that clients made; a good client makes none.
func (k *Kit) Wrong() []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return append([]string(nil), k.wrong...)
}

// Complain notes a client's mistake.
func (k *Kit) Complain(format string, args ...any) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.wrong = append(k.wrong, fmt.Sprintf(format, args...))
}

// take is the fault that the call meets, if any.
func (k *Kit) take(r *http.Request) *Fault {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.calls = append(k.calls, Call{Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery, Authorization: r.Header.Get("Authorization"), At: k.Now()})
	k.open++
	k.mostOpen = max(k.mostOpen, k.open)
	for i, f := range k.faults {
		if f.Match != "" && !regexp.MustCompile(f.Match).MatchString(r.Method+" "+r.URL.RequestURI()) {
			continue
		}
		if f.Skip > 0 {
			f.Skip--
			return nil
		}
		switch f.Times {
		case -1:
		case 0, 1:
			k.faults = append(k.faults[:i:i], k.faults[i+1:]...)
		default:
			f.Times--
		}
		return f
	}
	return nil
}

// Wrap puts the kit before a fake's own answers.
func (k *Kit) Wrap(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f := k.take(r)
		defer func() {
			k.mu.Lock()
			k.open--
			k.mu.Unlock()
		}()
		if f == nil {
			h.ServeHTTP(w, r)
			return
		}
		if f.Delay > 0 {
			select {
			case <-time.After(f.Delay):
			case <-r.Context().Done():
				return
			}
		}
		f.answer(w, r, h)
	})
}

func (f *Fault) answer(w http.ResponseWriter, r *http.Request, h http.Handler) {
	real := &kept{header: http.Header{}, status: http.StatusOK}
	if f.Status != 0 {
		real.status, real.body = f.Status, []byte(f.Body)
		real.header.Set("Content-Type", "application/json")
	} else {
		h.ServeHTTP(real, r)
	}
	for name, value := range f.Header {
		real.header.Set(name, value)
	}
	if f.Change != nil {
		real.body = f.Change(real.body)
	}
	real.header.Del("Content-Length")
	for name, values := range real.header {
		w.Header()[name] = values
	}
	if f.Cut == 0 && !f.Stall {
		w.WriteHeader(real.status)
		_, _ = w.Write(real.body)
		return
	}
	w.Header().Set("Content-Length", fmt.Sprint(len(real.body)+1)) // more than comes
	w.WriteHeader(real.status)
	_, _ = w.Write(real.body[:min(len(real.body), f.Cut)])
	if flusher, ok := w.(http.Flusher); ok {
		flusher.Flush()
	}
	if f.Stall {
		<-r.Context().Done()
	}
	panic(http.ErrAbortHandler)
}

// kept is an answer that is not sent yet.
type kept struct {
	header http.Header
	status int
	body   []byte
}

func (k *kept) Header() http.Header    { return k.header }
func (k *kept) WriteHeader(status int) { k.status = status }

func (k *kept) Write(p []byte) (int, error) {
	k.body = append(k.body, p...)
	return len(p), nil
}
