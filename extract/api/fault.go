package api

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Kind classes a failed call by what is to be done about it.
type Kind int

const (
	// Unexpected is an answer that is not what the service documents: its shape changed, or it is a web page.
	Unexpected Kind = iota
	// Login is a token or key that is dead: a person must act, and nothing else helps.
	Login
	// Forbidden is a permission the token does not have.
	Forbidden
	// Throttled is a service that asks to be left alone for a while.
	Throttled
	// Transient is what goes away by itself: a time-out, a cut connection, a 5xx.
	Transient
	// Invalid is a request the service refuses as such: asking again is no use.
	Invalid
	// Gone is one object that is there no more.
	Gone
	// TooMuch is a request for more at once than the service gives: ask for less.
	TooMuch
)

func (k Kind) String() string {
	return [...]string{"unexpected answer", "login", "permission", "throttled", "transient", "invalid request", "gone", "too much"}[k]
}

// Fault is a call that failed, or an answer that is none.
type Fault struct {
	Kind   Kind
	Status int // of HTTP; 0 when no answer came
	// Code is the service's own, such as 190/463.
	Code string
	// Name is the code of the error that people see, where that of the kind says too little; see zones.Codes.
	Name string
	// Message is what the service said, or what happened to the connection.
	Message string
	// Wait is how long the service asks to be left alone; 0 when it does not say.
	Wait time.Duration
	// First is the wait before the second try where the policy's is too short; it doubles from there on.
	First time.Duration
	// Part says that the limit is of one of the service's interfaces: an account's other streams may be asked.
	Part bool
	// Day says that the wait is until the service's next day, or longer than a night: not worth waiting for.
	Day bool
	// Next is what a person is to do, when there is something.
	Next string
	// Endpoint is the call without anything secret; Attempts how often it was sent.
	Endpoint string
	Attempts int
	// Expected and Found tell a changed shape.
	Expected, Found string
	Err             error
}

func (f *Fault) Error() string {
	var b strings.Builder
	b.WriteString(f.Message)
	switch {
	case f.Status != 0 && f.Code != "":
		fmt.Fprintf(&b, " (HTTP %d, code %s)", f.Status, f.Code)
	case f.Status != 0:
		fmt.Fprintf(&b, " (HTTP %d)", f.Status)
	}
	return b.String()
}

func (f *Fault) Unwrap() error { return f.Err }

// again says whether the same request may succeed later.
func (f *Fault) again() bool { return f.Kind == Throttled || f.Kind == Transient }

// As is the fault in an error's chain.
func As(err error) (*Fault, bool) {
	var f *Fault
	ok := errors.As(err, &f)
	return f, ok
}

// Shape is the fault of an answer that is not what it should be.
func Shape(expected, format string, args ...any) *Fault {
	return &Fault{Kind: Unexpected, Message: "the answer has another shape than documented", Expected: expected, Found: fmt.Sprintf(format, args...)}
}
