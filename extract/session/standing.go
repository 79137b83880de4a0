package session

import (
	"fmt"
	"math"
	"time"
)

// Days before a login's end from which a person is told, and is told that it is time.
const (
	EndingDays = 7
	UrgentDays = 3
)

// The states of a login.
const (
	Valid    = "valid"
	Expiring = "expiring" // EndingDays or less are left
	Expired  = "expired"  // its time is over, or the service refused it
	Unknown  = "unknown"  // nobody can know when it ends
	Never    = "never"    // nobody has logged in
)

// Standing is how an account's login is, as far as can be told without asking the service. What is not
// known is nil.
type Standing struct {
	Source      string     `json:"source"`
	Account     string     `json:"account"`
	Kind        string     `json:"kind"`
	State       string     `json:"state"`
	LastLoginAt *time.Time `json:"last_login_at"`
	LastProofAt *time.Time `json:"last_proof_at"`
	RefusedAt   *time.Time `json:"refused_at"`
	ExpiresAt   *time.Time `json:"expires_at"`
	// DaysLeft are whole days until ExpiresAt; below zero once it is over.
	DaysLeft *int `json:"days_left"`
	Sealed   Seal `json:"sealed,omitempty"`
}

// Standing is how the login is now.
func (l Login) Standing(now time.Time) Standing {
	st := Standing{
		Source: l.Source, Account: l.Account, Kind: l.Kind, State: Unknown, Sealed: l.Sealed,
		LastLoginAt: known(l.LoggedInAt), LastProofAt: known(l.ProvenAt), RefusedAt: known(l.RefusedAt), ExpiresAt: known(l.ExpiresAt),
	}
	if st.LastLoginAt == nil && l.Kind == KindToken {
		st.LastLoginAt = known(l.SavedAt) // a token is saved when somebody logs in
	}
	if st.ExpiresAt != nil {
		days := int(math.Floor(l.ExpiresAt.Sub(now).Hours() / 24))
		st.DaysLeft = &days
		switch {
		case !now.Before(l.ExpiresAt):
			st.State = Expired
		case days <= EndingDays:
			st.State = Expiring
		default:
			st.State = Valid
		}
	}
	if st.RefusedAt != nil {
		st.State = Expired
	}
	return st
}

// Urgent says that UrgentDays or less are left.
func (s Standing) Urgent() bool { return s.State == Expiring && *s.DaysLeft <= UrgentDays }

// Left says in words how long the login lasts.
func (s Standing) Left() string {
	switch {
	case s.DaysLeft == nil:
		return "nobody knows how long"
	case *s.DaysLeft < 0:
		return "over since " + s.ExpiresAt.Format(time.DateOnly)
	case *s.DaysLeft == 0:
		return "less than a day"
	case *s.DaysLeft == 1:
		return "1 day"
	}
	return fmt.Sprintf("%d days", *s.DaysLeft)
}

// String is the standing in a line.
func (s Standing) String() string {
	line := fmt.Sprintf("%-24s %-9s", s.Source+":"+s.Account, s.State)
	if s.State == Never {
		return line + " bedrot session login " + s.Source + " --account " + s.Account
	}
	line += " " + s.Left()
	for _, at := range []struct {
		what string
		when *time.Time
	}{{"until", s.ExpiresAt}, {"logged in", s.LastLoginAt}, {"last worked", s.LastProofAt}, {"refused", s.RefusedAt}} {
		if at.when != nil {
			line += ", " + at.what + " " + at.when.Format("2006-01-02 15:04")
		}
	}
	return line
}

func known(at time.Time) *time.Time {
	if at.IsZero() {
		return nil
	}
	return &at
}
