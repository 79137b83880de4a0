package extract

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"bedrot/extract/api"
	"bedrot/zones"
)

// exitMark stands in a heartbeat's address where the exit code of the run belongs.
const exitMark = "{exit}"

// Heartbeat tells somebody outside that a run has ended, by calling an address, so that silence is noticed.
// An address with {exit} in it is called after every run; another only after one that published, that is
// with exit code 0, 3 or 6. Who knows the address may call it: it is never said. An interrupted run has
// little time left, and tells all the same.
func Heartbeat(ctx context.Context, transport http.RoundTripper, address string, exit int) *zones.Error {
	limit := time.Minute
	if ctx.Err() != nil {
		limit = 3 * time.Second
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
	defer cancel()
	err := heartbeat{transport: transport, limit: 10 * time.Second, pause: 2 * time.Second, wait: api.Sleep}.call(ctx, address, exit)
	if err != nil {
		return zones.AsError(ctx, err)
	}
	return nil
}

// heartbeat is Heartbeat with its times.
type heartbeat struct {
	transport http.RoundTripper
	limit     time.Duration // of one try
	pause     time.Duration // before the second; twice that before the third
	wait      func(context.Context, time.Duration) error
}

func (h heartbeat) call(ctx context.Context, address string, exit int) error {
	if address == "" || !strings.Contains(address, exitMark) && !slices.Contains([]int{0, 3, 6}, exit) {
		return nil
	}
	at, err := url.Parse(strings.ReplaceAll(address, exitMark, strconv.Itoa(exit)))
	if err != nil || at.Host == "" {
		return heartbeatFailed("the address is none")
	}
	if !api.Private(at) {
		return heartbeatFailed("the address is not of https: whoever listens could learn it")
	}
	transport := h.transport
	if transport == nil {
		own := api.DefaultTransport()
		defer own.CloseIdleConnections()
		transport = own
	}
	client := &http.Client{Transport: transport, Timeout: h.limit, CheckRedirect: sameService}
	for try := 1; ; try++ {
		problem, again := beat(ctx, client, at)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case problem == "":
			return nil
		case !again || try == 3:
			return heartbeatFailed(problem)
		}
		if err := h.wait(ctx, h.pause<<(try-1)); err != nil {
			return err
		}
	}
}

func heartbeatFailed(what string) error {
	return &zones.Error{
		Code: "heartbeat_failed", Severity: "warn", What: "cannot be called: " + what, Where: "[health] heartbeat", Recovered: true,
		Next: "look at heartbeat below [health] in lake.toml, and at the watcher it belongs to",
	}
}

var errOther = errors.New("leads to another host")

func sameService(req *http.Request, via []*http.Request) error {
	if req.URL.Host != via[0].URL.Host || req.URL.Scheme != via[0].URL.Scheme || len(via) > 5 {
		return errOther
	}
	return nil
}

// beat calls once. It says what went wrong in words of its own, since errors of the network name the
// address, and whether it may go better later.
func beat(ctx context.Context, client *http.Client, at *url.URL) (problem string, again bool) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, at.String(), nil)
	if err != nil {
		return "the address is none", false
	}
	req.Header.Set("User-Agent", "bedrot")
	response, err := client.Do(req)
	if err != nil {
		return unreached(err, client.Timeout)
	}
	defer func() { _ = response.Body.Close() }()
	_, _ = io.CopyN(io.Discard, response.Body, 64<<10) // what it says does not matter
	switch status := response.StatusCode; {
	case status >= 200 && status < 300:
		return "", false
	default:
		again := status >= 500 || status == http.StatusTooManyRequests || status == http.StatusRequestTimeout
		return fmt.Sprintf("answered %d %s", status, http.StatusText(status)), again
	}
}

func unreached(err error, limit time.Duration) (problem string, again bool) {
	var wait interface{ Timeout() bool }
	var name *net.DNSError
	var certificate *tls.CertificateVerificationError
	var number syscall.Errno
	switch {
	case errors.Is(err, errOther):
		return errOther.Error() + ", and is not followed", false
	case errors.As(err, &certificate):
		return "the certificate is not to be trusted", false
	case errors.As(err, &name):
		return "the host's name is not known", true
	case errors.As(err, &wait) && wait.Timeout():
		return fmt.Sprintf("no answer came within %v", limit), true
	case errors.As(err, &number):
		return "cannot be reached: " + number.Error(), true
	}
	return "cannot be reached", true
}
