package zones

import (
	"fmt"
	"regexp"
	"strings"
)

// Error is a failure a person can act on: what happened, where, and what to do next.
type Error struct {
	Code  string // stable name, such as "lake_locked"
	What  string // one sentence, lower case
	Where string // file, file:line, or source/stream:account
	Next  string // the command to run next, or what to edit
	Err   error
}

func (e *Error) Error() string {
	var b strings.Builder
	if e.Where != "" {
		b.WriteString(e.Where + ": ")
	}
	b.WriteString(e.What)
	return b.String()
}

// Hint is the next step, for whoever prints the error.
func (e *Error) Hint() string { return e.Next }

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
