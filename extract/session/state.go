package session

import (
	"slices"
	"time"
)

// Rules say what a login of a site consists of.
type Rules struct {
	// Hosts are the domains whose cookies belong to the site; those of others are dropped.
	Hosts []string
	// AuthCookies are the cookies that a login consists of; the earliest expiry among them is the login's.
	AuthCookies []string
	// TokenKeys are the keys in local storage that hold the token, perhaps a JWT that says when it ends.
	TokenKeys []string
	// Lasts is how long a login of the site lasts at most, as far as is known; 0 is unknown.
	Lasts time.Duration
}

// KindBrowser is what a browser remembers of a login.
const KindBrowser = "browser"

// Record is a browser's login as the store keeps it.
type Record struct {
	LoggedInAt time.Time `json:"logged_in_at"`
	// ProvenAt is when a page last showed that it works.
	ProvenAt time.Time `json:"proven_at,omitzero"`
	State    State     `json:"state"`
}

// State is what a browser remembers of a login: cookies, and what pages keep in local storage. Its JSON is
// Playwright's storage state, which other tools read and write too.
type State struct {
	Cookies []Cookie `json:"cookies"`
	Origins []Origin `json:"origins"`
}

// Cookie is one cookie of a browser.
type Cookie struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Domain string `json:"domain"`
	Path   string `json:"path"`
	// Expires is in seconds since 1970; -1 is a session cookie, which has no expiry and is not expired.
	Expires  float64 `json:"expires"`
	HTTPOnly bool    `json:"httpOnly"`
	Secure   bool    `json:"secure"`
	// SameSite is Strict, Lax or None.
	SameSite string `json:"sameSite"`
}

// Origin is what the pages of one origin keep in local storage.
type Origin struct {
	Origin       string `json:"origin"`
	LocalStorage []Item `json:"localStorage"`
}

// Item is one entry of local storage.
type Item struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Secrets are the values that a login consists of; all are whatever else is remembered, too.
func (s State) Secrets(r Rules) (login, all []string) {
	take := func(name, value string, names []string) {
		if all = append(all, value); slices.Contains(names, name) {
			login = append(login, value)
		}
	}
	for _, cookie := range s.Cookies {
		take(cookie.Name, cookie.Value, r.AuthCookies)
	}
	for _, origin := range s.Origins {
		for _, item := range origin.LocalStorage {
			take(item.Name, item.Value, r.TokenKeys)
		}
	}
	return login, all
}
