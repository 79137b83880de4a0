// Package api asks services over HTTP, on behalf of extract: paced, patient where the service says that
// patience helps, and silent about secrets. It knows no service; what an answer means is told to it by a
// Policy.
package api

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"
	"golang.org/x/time/rate"
)

// Policy is how a service wants to be asked.
type Policy struct {
	// PerSecond is how many calls it is sent at most, Burst how many of them at once (0 is 1).
	PerSecond float64
	Burst     int
	// Connections is how many calls may be open at a time; 0 is 4.
	Connections int
	// Judge classes an answer by its status, headers and body; nil where nothing is wrong. Without it, or
	// where it is silent about a status over 399, the status decides.
	Judge func(*Answer) *Fault
	// Pace says how long to wait before the next call, from the usage that an answer tells of.
	Pace func(http.Header) time.Duration
	// Tries is how often a call is sent at most; 0 is 4. First is the wait before the second, doubled with
	// jitter from there on; 0 is 2 s.
	Tries int
	First time.Duration
	// Patience is the longest wait a service may ask for and get; 0 is 15 minutes.
	Patience time.Duration
	// Timeout is for a whole call, Stall for silence within one; 0 are 2 minutes and 30 s.
	Timeout, Stall time.Duration
	// MaxBody is how many bytes an answer may have; 0 is 64 MB.
	MaxBody int64
}

func (p Policy) withDefaults() Policy {
	p.Burst, p.Connections, p.Tries = cmp.Or(p.Burst, 1), cmp.Or(p.Connections, 4), cmp.Or(p.Tries, 4)
	p.First, p.Patience = cmp.Or(p.First, 2*time.Second), cmp.Or(p.Patience, 15*time.Minute)
	p.Timeout, p.Stall = cmp.Or(p.Timeout, 2*time.Minute), cmp.Or(p.Stall, 30*time.Second)
	p.MaxBody = cmp.Or(p.MaxBody, 64<<20)
	return p
}

// Gate is what all accounts of a source share: its pace and its connections.
type Gate struct {
	policy  Policy
	limiter *rate.Limiter
	slots   chan struct{}
}

// NewGate opens a gate by a service's policy.
func NewGate(policy Policy) *Gate {
	policy = policy.withDefaults()
	limit := rate.Inf
	if policy.PerSecond > 0 {
		limit = rate.Limit(policy.PerSecond)
	}
	return &Gate{policy: policy, limiter: rate.NewLimiter(limit, policy.Burst), slots: make(chan struct{}, policy.Connections)}
}

// Client asks on behalf of one account.
type Client struct {
	gate      *Gate
	http      *http.Client
	mask      *Mask
	log       *slog.Logger
	now       func() time.Time
	wait      func(context.Context, time.Duration) error
	authorize func(*http.Request) error

	budget   budget
	resumeAt time.Time // from what the service told of its usage
	requests int64
}

// Options make a Client.
type Options struct {
	Transport http.RoundTripper // nil is DefaultTransport
	Mask      *Mask
	Log       *slog.Logger
	Now       func() time.Time
	// Wait sleeps, or ends with its context; nil is Sleep.
	Wait func(context.Context, time.Duration) error
	// Authorize puts the token where the service wants it.
	Authorize func(*http.Request) error
}

// Sleep waits for a duration, or until the context ends.
func Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// DefaultTransport has limits for every step of a connection.
func DefaultTransport() *http.Transport {
	return &http.Transport{
		Proxy: http.ProxyFromEnvironment, DialContext: (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
		TLSHandshakeTimeout: 10 * time.Second, ResponseHeaderTimeout: 90 * time.Second, IdleConnTimeout: 30 * time.Second,
		MaxResponseHeaderBytes: 1 << 20, ForceAttemptHTTP2: true,
	}
}

// New makes a client that goes through a source's gate.
func New(gate *Gate, o Options) *Client {
	c := &Client{gate: gate, mask: o.Mask, log: o.Log, now: o.Now, wait: o.Wait, authorize: o.Authorize, budget: newBudget()}
	if c.mask == nil {
		c.mask = &Mask{}
	}
	if c.wait == nil {
		c.wait = Sleep
	}
	transport := o.Transport
	if transport == nil {
		transport = DefaultTransport()
	}
	c.http = &http.Client{Transport: transport, CheckRedirect: sameHost}
	return c
}

// errElsewhere is a redirect that would take a token to another host.
var errElsewhere = errors.New("redirects to another host")

func sameHost(req *http.Request, via []*http.Request) error {
	if req.URL.Host != via[0].URL.Host || req.URL.Scheme != via[0].URL.Scheme {
		return fmt.Errorf("%w, %s: the token is not sent there", errElsewhere, req.URL.Host)
	}
	if len(via) > 5 {
		return errors.New("redirects without end")
	}
	return nil
}

// Request is one call.
type Request struct {
	Method string // empty is GET
	URL    string
	Query  url.Values
	Form   url.Values // sent as a form, with POST
	JSON   any        // sent as JSON, with POST
	Header http.Header
	// Raw takes the answer as it comes: it need not be JSON.
	Raw bool
	// Repeatable says that a POST may be sent twice; every other method may.
	Repeatable bool
}

// Answer is what came back.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Decode reads the answer into a value; numbers stay text where the value is json.Number or RawMessage.
func (a *Answer) Decode(into any) error {
	decoder := json.NewDecoder(bytes.NewReader(a.Body))
	decoder.UseNumber()
	if err := decoder.Decode(into); err != nil {
		var kind *json.UnmarshalTypeError
		if errors.As(err, &kind) {
			return Shape(jsonKind(kind.Type)+" in "+kind.Field, "%s", kind.Value)
		}
		return Shape("JSON", "%v", err)
	}
	return nil
}

// jsonKind is what JSON calls a Go type.
func jsonKind(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Pointer:
		return jsonKind(t.Elem())
	case reflect.Slice, reflect.Array:
		return "a list"
	case reflect.Map, reflect.Struct:
		return "an object"
	case reflect.String:
		if t == reflect.TypeFor[json.Number]() {
			return "a number"
		}
		return "a text"
	case reflect.Bool:
		return "true or false"
	}
	return "a number"
}

// HTML reports whether the answer is a web page, such as a login page in an answer's place.
func (a *Answer) HTML() bool {
	return strings.Contains(a.Header.Get("Content-Type"), "text/html") || bytes.HasPrefix(bytes.TrimLeft(a.Body, "\xef\xbb\xbf \t\r\n"), []byte("<"))
}

// Requests is how many were sent.
func (c *Client) Requests() int64 { return c.requests }

// Do sends a request, again where that helps: after the wait the service asks for, else after one that
// doubles. What a night may send in vain is bounded (budget), so that an outage is not made worse.
// Errors are Faults, but for the end of ctx. A client is used by one goroutine.
func (c *Client) Do(ctx context.Context, req Request) (*Answer, error) {
	policy := c.gate.policy
	waits := backoff.NewExponentialBackOff()
	waits.InitialInterval, waits.Multiplier, waits.RandomizationFactor, waits.MaxInterval = policy.First, 2, 0.25, policy.Patience
	c.budget.asked()
	for try := 1; ; try++ {
		if err := c.turn(ctx); err != nil {
			return nil, err
		}
		answer, fault := c.once(ctx, req)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if fault == nil {
			c.budget.answered = true
			return answer, nil
		}
		c.sign(fault, req, try)
		next := waits.NextBackOff()
		if fault.First > 0 {
			next += fault.First << (try - 1)
		}
		next = max(next, fault.Wait)
		if give := c.givesUp(req, fault, try, next); give != "" {
			c.log.Debug("gives up", "call", fault.Endpoint, "why", give, "fault", fault.Error())
			return answer, fault
		}
		c.log.Info("asks again", "call", fault.Endpoint, "after", next.Round(time.Millisecond), "because", fault.Error())
		if err := c.wait(ctx, next); err != nil {
			return nil, err
		}
	}
}

func (c *Client) givesUp(req Request, fault *Fault, try int, next time.Duration) string {
	policy := c.gate.policy
	switch {
	case !fault.again():
		return "asking again does not help"
	case req.Method == http.MethodPost && !req.Repeatable && fault.Kind != Throttled:
		return "it may have been done"
	case try >= policy.Tries:
		return "that was the last try"
	case fault.Day:
		return "it would take until tomorrow"
	case next > policy.Patience:
		fault.Day = true
		return "the wait is too long"
	case !c.budget.retry():
		return "the run's retries are used up"
	}
	return ""
}

// sign completes a fault with what was asked, and takes every secret out of it.
func (c *Client) sign(fault *Fault, req Request, try int) {
	fault.Attempts = try
	fault.Endpoint = c.mask.Text(endpoint(req))
	fault.Message, fault.Found, fault.Next = c.mask.Text(fault.Message), c.mask.Text(fault.Found), c.mask.Text(fault.Next)
}

// endpoint is a call without its parameters, which may be secret.
func endpoint(req Request) string {
	method := req.Method
	if method == "" {
		method = http.MethodGet
	}
	if address, err := url.Parse(req.URL); err == nil {
		return method + " " + address.Host + address.Path
	}
	return method
}

// turn waits until the service may be asked.
func (c *Client) turn(ctx context.Context) error {
	if pause := c.resumeAt.Sub(c.now()); pause > 0 {
		if pause > c.gate.policy.Patience {
			return &Fault{Kind: Throttled, Message: "the service's limit is nearly reached", Wait: pause, Day: true}
		}
		c.log.Info("pauses before the limit", "for", pause.Round(time.Second))
		if err := c.wait(ctx, pause); err != nil {
			return err
		}
		c.resumeAt = time.Time{}
	}
	return c.gate.limiter.Wait(ctx)
}

func (c *Client) once(ctx context.Context, req Request) (*Answer, *Fault) {
	policy := c.gate.policy
	select {
	case c.gate.slots <- struct{}{}:
		defer func() { <-c.gate.slots }()
	case <-ctx.Done():
		return nil, lost(ctx.Err())
	}
	ctx, cancel := context.WithTimeout(ctx, policy.Timeout)
	defer cancel()
	call, err := c.request(ctx, req)
	if err != nil {
		if fault, ok := As(err); ok {
			return nil, fault
		}
		return nil, &Fault{Kind: Invalid, Message: c.mask.Text(err.Error())}
	}
	c.requests++
	began := c.now()
	response, err := c.http.Do(call)
	if err != nil {
		return nil, lost(err)
	}
	defer func() { _ = response.Body.Close() }()
	answer := &Answer{Status: response.StatusCode, Header: response.Header}
	var fault *Fault
	answer.Body, fault = readBody(response.Body, policy, cancel)
	c.log.Debug("call", "call", c.mask.Text(endpoint(req)), "status", answer.Status, "bytes", len(answer.Body), "took", c.now().Sub(began))
	if policy.Pace != nil {
		if pause := policy.Pace(response.Header); pause > 0 {
			c.resumeAt = c.now().Add(pause)
		}
	}
	if fault != nil {
		fault.Status = answer.Status
		return nil, fault
	}
	return answer, c.judge(answer, req.Raw)
}

func (c *Client) request(ctx context.Context, req Request) (*http.Request, error) {
	address, err := url.Parse(req.URL)
	if err != nil {
		return nil, errors.New("the address is none")
	}
	if !Private(address) {
		return nil, fmt.Errorf("%s://%s is not encrypted", address.Scheme, address.Host)
	}
	if len(req.Query) > 0 {
		query := address.Query()
		for name, values := range req.Query {
			query[name] = values
		}
		address.RawQuery = query.Encode()
	}
	var body io.Reader
	kind := ""
	switch {
	case req.Form != nil:
		body, kind = strings.NewReader(req.Form.Encode()), "application/x-www-form-urlencoded"
	case req.JSON != nil:
		text, err := json.Marshal(req.JSON)
		if err != nil {
			return nil, err
		}
		body, kind = bytes.NewReader(text), "application/json"
	}
	method := req.Method
	if method == "" {
		method = http.MethodGet
	}
	call, err := http.NewRequestWithContext(ctx, method, address.String(), body)
	if err != nil {
		return nil, err
	}
	call.Header.Set("User-Agent", "bedrot")
	if !req.Raw {
		call.Header.Set("Accept", "application/json")
	}
	if kind != "" {
		call.Header.Set("Content-Type", kind)
	}
	for name, values := range req.Header {
		call.Header[name] = values
	}
	if c.authorize != nil {
		return call, c.authorize(call)
	}
	return call, nil
}

// Private reports whether nobody on the way learns what is sent to an address: it is encrypted, or it
// does not leave this machine.
func Private(address *url.URL) bool {
	ip := net.ParseIP(address.Hostname())
	here := address.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
	return address.Scheme == "https" || address.Scheme == "http" && here
}

// lost is a call without an answer. The error's own text holds the address with all its parameters.
func lost(err error) *Fault {
	var at *url.Error
	if errors.As(err, &at) {
		err = at.Err
	}
	if errors.Is(err, errElsewhere) {
		return &Fault{Kind: Unexpected, Message: err.Error(), Err: errElsewhere}
	}
	message := err.Error()
	var wait interface{ Timeout() bool }
	if errors.As(err, &wait) && wait.Timeout() {
		message = "no answer came in time"
	}
	return &Fault{Kind: Transient, Message: message}
}

// readBody reads an answer, but neither more than it may have nor longer than it may be silent.
func readBody(body io.Reader, policy Policy, cancel context.CancelFunc) ([]byte, *Fault) {
	stalled := time.AfterFunc(policy.Stall, cancel)
	defer stalled.Stop()
	var all bytes.Buffer
	n, err := io.Copy(&all, io.LimitReader(alive{body, func() { stalled.Reset(policy.Stall) }}, policy.MaxBody+1))
	switch {
	case n > policy.MaxBody:
		return nil, &Fault{Kind: TooMuch, Message: fmt.Sprintf("the answer has more than %d MB", policy.MaxBody>>20)}
	case err != nil && !stalled.Stop():
		return nil, &Fault{Kind: Transient, Message: "the answer stalled"}
	case err != nil:
		return nil, &Fault{Kind: Transient, Message: "the answer broke off: " + lost(err).Message}
	}
	return all.Bytes(), nil
}

type alive struct {
	io.Reader
	heard func()
}

func (a alive) Read(p []byte) (int, error) {
	n, err := a.Reader.Read(p)
	if n > 0 {
		a.heard()
	}
	return n, err
}

// judge classes an answer: by what the service says of itself first, then by its form and its status.
func (c *Client) judge(a *Answer, raw bool) *Fault {
	if judge := c.gate.policy.Judge; judge != nil {
		if fault := judge(a); fault != nil {
			fault.Status = a.Status
			fault.Wait = max(fault.Wait, RetryAfter(a.Header, c.now()))
			return fault
		}
	}
	fault := &Fault{Status: a.Status, Message: "the service answered " + http.StatusText(a.Status), Wait: RetryAfter(a.Header, c.now())}
	switch {
	case a.Status == http.StatusTooManyRequests:
		fault.Kind = Throttled
	case a.Status == http.StatusRequestTimeout || a.Status == http.StatusTooEarly || a.Status >= 500:
		fault.Kind = Transient
	case a.Status == http.StatusUnauthorized:
		fault.Kind = Login
	case a.Status == http.StatusForbidden:
		fault.Kind = Forbidden
	case a.Status == http.StatusNotFound || a.Status == http.StatusGone:
		fault.Kind = Gone
	case a.Status >= 400:
		fault.Kind = Invalid
	case a.Status < 200 || a.Status > 299:
		fault.Kind = Unexpected
	case a.HTML():
		fault.Kind, fault.Message, fault.Expected, fault.Found = Unexpected, "a web page came in an answer's place, perhaps a login page", "an answer", "HTML"
	case !raw && !json.Valid(a.Body):
		fault.Kind, fault.Message = Transient, "the answer broke off: it is not whole JSON"
	default:
		return nil
	}
	return fault
}

// RetryAfter is how long a Retry-After header asks to wait, in either of its forms (RFC 9110, 10.2.3).
func RetryAfter(header http.Header, now time.Time) time.Duration {
	value := strings.TrimSpace(header.Get("Retry-After"))
	if seconds, err := strconv.ParseFloat(value, 64); err == nil && seconds > 0 && seconds < 1e9 {
		return time.Duration(seconds * float64(time.Second))
	}
	if at, err := http.ParseTime(value); err == nil && at.After(now) {
		return at.Sub(now)
	}
	return 0
}

// budget bounds what is sent in vain: a reserve of a few retries, and one for every ten calls.
type budget struct {
	tokens   float64
	answered bool
}

const reserve, perCall = 3, 0.1

func newBudget() budget { return budget{tokens: reserve} }

func (b *budget) asked() { b.tokens += perCall }

func (b *budget) retry() bool {
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}

// Answered reports whether the service has answered anything at all.
func (c *Client) Answered() bool { return c.budget.answered }
