package zones

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strings"
	"syscall"
	"time"
)

// Error is one failure as a person, a monitor and the journal see it: what happened, where, and what to
// do next. Only Code, What and Next are always known.
type Error struct {
	ID       string    `json:"id,omitempty"` // of this occurrence
	At       time.Time `json:"at,omitzero"`
	Run      string    `json:"run,omitempty"`
	Code     string    `json:"code"`     // stable name, one of Codes
	Class    string    `json:"class"`    // validation, connection, authentication or processing
	Severity string    `json:"severity"` // error or warn
	Source   string    `json:"source,omitempty"`
	Stream   string    `json:"stream,omitempty"`
	Account  string    `json:"account,omitempty"`
	Step     string    `json:"step,omitempty"`
	Table    string    `json:"table,omitempty"`
	Columns  []string  `json:"columns,omitempty"` // affected
	Rule     string    `json:"rule,omitempty"`    // that was broken
	Endpoint string    `json:"endpoint,omitempty"`
	Attempt  int       `json:"attempt,omitempty"` // of Attempts
	Attempts int       `json:"attempts,omitempty"`
	Drop     string    `json:"drop,omitempty"` // whose rows were read
	Version  string    `json:"version,omitempty"`
	Where    string    `json:"where,omitempty"` // file, file:line, or source/stream:account
	What     string    `json:"message"`         // one sentence, lower case
	Expected string    `json:"expected,omitempty"`
	Found    string    `json:"found,omitempty"`
	Next     string    `json:"next,omitempty"` // the command to run next, or what to edit
	// Recovered says that the work went on and nothing was kept back because of it.
	Recovered bool  `json:"recovered"`
	Err       error `json:"-"`
}

// Usage is a command line that asks for what does not exist, or says too little.
func Usage(format string, args ...any) error {
	return &Error{Code: "usage", What: fmt.Sprintf(format, args...), Next: "bedrot help"}
}

// Record completes an error as the journal keeps it: its id, time and run, and the class and severity
// of its code.
func (e *Error) Record(run string, now time.Time) Error {
	r := *e
	known := codeOf(r.Code)
	r.ID = cmp.Or(r.ID, randomHex(6))
	r.At, r.Run = now.UTC().Truncate(time.Millisecond), cmp.Or(r.Run, run)
	r.Class, r.Severity = cmp.Or(r.Class, known.Class), cmp.Or(r.Severity, known.Severity)
	r.Recovered = r.Recovered || r.Severity == "warn"
	return r
}

// AsError is any error as a record: itself where it is one, else what its cause says. DuckDB's errors
// have no causes, only words.
func AsError(ctx context.Context, err error) *Error {
	var told *Error
	var locked *LockedError
	var coded interface {
		Code() string
		Hint() string
	}
	says := func(text string) bool { return strings.Contains(strings.ToLower(err.Error()), text) }
	whole := func(code, next string) *Error { return &Error{Code: code, What: err.Error(), Next: next, Err: err} }
	switch {
	case ctx.Err() != nil:
		return whole("interrupted", "run it again; nothing is half done")
	case errors.As(err, &told):
		if err.Error() == told.Error() {
			return told
		}
		wrapped := *told // what wraps it says where it happened
		wrapped.Where, wrapped.What = "", err.Error()
		return &wrapped
	case errors.As(err, &coded):
		return whole(coded.Code(), coded.Hint())
	case errors.As(err, &locked):
		return whole("lake_locked", "wait for it to finish, or stop it, then run this again")
	case errors.Is(err, syscall.ENOSPC), says("no space left on device"):
		return whole("disk_full", "free some disk, then run it again; nothing is half done")
	case errors.Is(err, syscall.EIO), says("input/output error"):
		return whole("disk_error", "look at the disk (dmesg), then run it again; bedrot check finds what is damaged")
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return whole("permission", "run as the lake's owner")
	case says("out of memory"):
		return whole("memory", "run it again with more: --memory 4GB")
	}
	return whole("failed", "")
}

func (e *Error) Error() string {
	var b strings.Builder
	if e.Where != "" {
		b.WriteString(e.Where + ": ")
	}
	b.WriteString(e.What)
	return b.String()
}

func (e *Error) Unwrap() error { return e.Err }

var namePattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// CheckName refuses what must not become part of a path: sources, streams and accounts are letters,
// digits, dot, dash and underscore, and begin with a letter or digit.
func CheckName(what, name string) error {
	if !namePattern.MatchString(name) || strings.Contains(name, "..") {
		return fmt.Errorf("%s %q: only letters, digits, '.', '-' and '_' are allowed, up to 64, beginning with a letter or digit", what, name)
	}
	return nil
}
