package session

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
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

// Secrets are all values that must not be said anywhere: those of cookies, and what local storage holds,
// also inside JSON. Plain words, numbers and times that pages may read are none: they say what a page looks
// like, and would blacken every text.
func (s State) Secrets() []string {
	var values []string
	for _, cookie := range s.Cookies {
		if !harmless(cookie.Value) || cookie.HTTPOnly && len(cookie.Value) >= shortest {
			values = append(values, cookie.Value)
		}
	}
	for _, origin := range s.Origins {
		for _, item := range origin.LocalStorage {
			held := []string{item.Value}
			var inside any
			if json.Unmarshal([]byte(item.Value), &inside) == nil {
				held = append(held, texts(inside)...)
			}
			values = append(values, slices.DeleteFunc(held, harmless)...)
		}
	}
	return values
}

// texts are the strings in a JSON value.
func texts(value any) (all []string) {
	switch value := value.(type) {
	case string:
		all = append(all, value)
	case []any:
		for _, inside := range value {
			all = append(all, texts(inside)...)
		}
	case map[string]any:
		for _, inside := range value {
			all = append(all, texts(inside)...)
		}
	}
	return all
}

// shortest is how long a secret is at least, in bytes.
const shortest = 8

// harmless says that a value is too plain to be a secret.
func harmless(value string) bool {
	if len(value) < shortest {
		return true
	}
	if _, err := strconv.ParseFloat(value, 64); err == nil && len(value) < 16 {
		return true
	}
	if _, err := time.Parse(time.RFC3339, value); err == nil {
		return true
	}
	return len(value) < 16 && !strings.ContainsAny(value, "0123456789")
}
