package session

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"io/fs"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

// SaveRecord keeps what a browser remembers of a login, in place of the one before. What belongs to other
// hosts than the site's is left out. When it ends is worked out by the rules, so that List can tell it.
func (s *Store) SaveRecord(source, account string, record Record, rules Rules) error {
	record.State, _ = rules.Own(record.State)
	secret, err := json.Marshal(record)
	if err != nil {
		return err
	}
	return s.save(Login{
		Source: source, Account: account, Kind: KindBrowser, LoggedInAt: record.LoggedInAt, ProvenAt: record.ProvenAt, ExpiresAt: rules.Expiry(record),
	}, secret)
}

// LoadRecord is a browser's login; an error that wraps os.ErrNotExist when there is none.
func (s *Store) LoadRecord(source, account string) (record Record, err error) {
	login, secret, err := s.load(source, account, KindBrowser)
	if err != nil {
		return record, err
	}
	if err := json.Unmarshal(secret, &record); err != nil {
		path, _ := s.path(source, account)
		return Record{}, s.damaged(path, login.Source, login.Account, "does not hold what a browser remembers")
	}
	return record, nil
}

// SavedAt is when the login of an account was saved, without opening it; zero when there is none.
func (s *Store) SavedAt(source, account string) (time.Time, error) {
	path, err := s.path(source, account)
	if err != nil {
		return time.Time{}, err
	}
	doc, err := s.read(path)
	if errors.Is(err, fs.ErrNotExist) {
		return time.Time{}, nil
	}
	return doc.SavedAt, err
}

// has reports whether a domain is the site's; without any hosts all are.
func (r Rules) has(domain string) bool {
	domain = strings.ToLower(strings.TrimPrefix(domain, "."))
	return len(r.Hosts) == 0 || slices.ContainsFunc(r.Hosts, func(host string) bool {
		return domain == host || strings.HasSuffix(domain, "."+host)
	})
}

// Own is what belongs to the site, and how many cookies and origins do not.
func (r Rules) Own(state State) (own State, foreign int) {
	for _, cookie := range state.Cookies {
		if r.has(cookie.Domain) {
			own.Cookies = append(own.Cookies, cookie)
		}
	}
	for _, origin := range state.Origins {
		if at, err := url.Parse(origin.Origin); err == nil && at.Hostname() != "" && r.has(at.Hostname()) {
			own.Origins = append(own.Origins, origin)
		}
	}
	return own, len(state.Cookies) - len(own.Cookies) + len(state.Origins) - len(own.Origins)
}

// Expiry is when a login ends by itself; zero where nobody can know. It is the earliest end of its cookies
// and its token. Session cookies have none, and say nothing. Where neither says anything it is as long
// after the person logged in as logins of the site last.
func (r Rules) Expiry(record Record) time.Time {
	var ends time.Time
	for _, end := range []time.Time{r.cookiesEnd(record.State), r.token(record.State).end} {
		if !end.IsZero() && (ends.IsZero() || end.Before(ends)) {
			ends = end
		}
	}
	if ends.IsZero() && r.Lasts > 0 && !record.LoggedInAt.IsZero() {
		ends = record.LoggedInAt.Add(r.Lasts)
	}
	return ends
}

// cookiesEnd is when the first of the cookies that a login consists of ends. Of one that is there several
// times, such as for a domain and for its www, the one that lasts counts: a site reads whichever is good.
func (r Rules) cookiesEnd(state State) time.Time {
	last := map[string]float64{}
	for _, cookie := range state.Cookies {
		if !slices.Contains(r.AuthCookies, cookie.Name) {
			continue
		}
		known, seen := last[cookie.Name]
		switch {
		case cookie.Expires <= 0 || seen && known <= 0:
			last[cookie.Name] = -1
		case cookie.Expires > known:
			last[cookie.Name] = cookie.Expires
		}
	}
	earliest := 0.0
	for _, expires := range last {
		if expires > 0 && (earliest == 0 || expires < earliest) {
			earliest = expires
		}
	}
	return seconds(earliest)
}

// seconds since 1970 as a time; zero for 0.
func seconds(n float64) time.Time {
	if n <= 0 || n > maxSeconds {
		return time.Time{}
	}
	return time.Unix(int64(n), 0).UTC()
}

// maxSeconds is in the year 5138: what is more is no time in seconds.
const maxSeconds = 1e11

// token is what the tokens in local storage say of themselves.
type token struct {
	found       bool
	issued, end time.Time
}

// jwts fits JSON Web Tokens wherever they stand: raw, in quotes, in JSON, after the word Bearer.
var jwts = regexp.MustCompile(`[A-Za-z0-9_-]+\.([A-Za-z0-9_-]+)\.[A-Za-z0-9_-]*`)

// token reads the tokens of local storage. The one that lasts longest counts: one of a few minutes stands
// beside the one that renews it, and an old one may stand beside the one in use.
func (r Rules) token(state State) (t token) {
	for _, origin := range state.Origins {
		for _, item := range origin.LocalStorage {
			if !slices.Contains(r.TokenKeys, item.Name) || item.Value == "" {
				continue
			}
			t.found = true
			for _, match := range jwts.FindAllStringSubmatch(item.Value, -1) {
				if issued, end, ok := claims(match[1]); ok && end.After(t.end) {
					t.issued, t.end = issued, end
				}
			}
		}
	}
	return t
}

// claims are the times in a token's middle part.
func claims(part string) (issued, end time.Time, ok bool) {
	text, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		return issued, end, false
	}
	var said struct {
		Issued float64 `json:"iat"`
		End    float64 `json:"exp"`
	}
	if json.Unmarshal(text, &said) != nil {
		return issued, end, false
	}
	return seconds(said.Issued), seconds(said.End), said.End > 0
}
