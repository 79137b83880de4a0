package session

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"bedrot/zones"
)

// Imported is what a file that a browser or another program wrote knows of a login.
type Imported struct {
	// Format says what the file is.
	Format string
	// Record is the login. When a person logged in is known only where a token says so.
	Record Record
	// Foreign counts cookies and origins of other sites, which were left out.
	Foreign int
	// Ended are the cookies whose time is over, Refused those that no browser takes, with why, and Odd what
	// else was unlike it should be; Missing are cookies a login consists of that are not among the rest.
	Ended, Refused, Odd, Missing []string
}

// Says is all that a person should know of it, a line each; it holds no value of any cookie.
func (i Imported) Says() []string {
	lines := []string{fmt.Sprintf("%s: %d cookies, %d origins", i.Format, len(i.Record.State.Cookies), len(i.Record.State.Origins))}
	if i.Foreign > 0 {
		lines = append(lines, fmt.Sprintf("left out, since they are of other sites: %d", i.Foreign))
	}
	for _, told := range []struct {
		what  string
		names []string
	}{
		{"left out, since their time is over", i.Ended},
		{"left out, since no browser takes them", i.Refused},
		{"odd", i.Odd},
		{"not there, though a login has them", i.Missing},
	} {
		if len(told.names) > 0 {
			lines = append(lines, told.what+": "+strings.Join(told.names, ", "))
		}
	}
	return lines
}

// Import reads cookies as browser extensions export them (a JSON list, or {"cookies": …}), a cookies.txt
// in Netscape's format, or Playwright's storage state. Its error says why the file holds no login of the
// site; it repeats nothing of the file.
func Import(data []byte, rules Rules, now time.Time) (Imported, error) {
	var in Imported
	var cookies []Cookie
	var err error
	data = bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\ufeff")))
	switch {
	case len(data) == 0:
		return in, unusable("the file is empty", "")
	case data[0] == '[':
		in.Format = "a list of cookies"
		cookies, err = in.list(data)
	case data[0] == '{':
		cookies, err = in.document(data)
	default:
		in.Format = "a cookies.txt"
		cookies, err = in.netscape(string(data))
	}
	if err != nil {
		return in, err
	}
	in.keep(cookies, rules, now)
	return in, in.judge(rules)
}

// keep takes over what is the site's, and good.
func (i *Imported) keep(cookies []Cookie, rules Rules, now time.Time) {
	state := &i.Record.State
	*state, i.Foreign = rules.Own(State{Origins: state.Origins})
	at := map[[3]string]int{}
	for _, cookie := range cookies {
		if cookie.Domain != "" && !rules.has(cookie.Domain) {
			i.Foreign++
			continue
		}
		name := strconv.QuoteToASCII(fmt.Sprintf("%.40s", cookie.Name))
		if wrong := cookie.settle(); wrong != "" {
			i.Refused = append(i.Refused, name+" "+wrong)
			continue
		}
		if cookie.Expires > 0 && cookie.Expires <= float64(now.Unix()) {
			i.Ended = append(i.Ended, cookie.Name)
			continue
		}
		key := [3]string{cookie.Name, cookie.Domain, cookie.Path}
		if known, twice := at[key]; twice {
			state.Cookies[known] = cookie // the later line is the newer one
			continue
		}
		at[key] = len(state.Cookies)
		state.Cookies = append(state.Cookies, cookie)
	}
	for _, name := range rules.AuthCookies {
		if !slices.ContainsFunc(state.Cookies, func(c Cookie) bool { return c.Name == name }) {
			i.Missing = append(i.Missing, name)
		}
	}
	i.Record.LoggedInAt = rules.token(*state).issued
}

// judge refuses what cannot be a login of the site: it must not take a good one's place.
func (i *Imported) judge(rules Rules) error {
	state, token := i.Record.State, rules.token(i.Record.State)
	wanted := len(rules.AuthCookies) + len(rules.TokenKeys)
	some := len(i.Missing) < len(rules.AuthCookies) || token.found
	switch {
	case len(state.Cookies)+len(state.Origins) == 0 && i.Foreign > 0:
		return unusable(fmt.Sprintf("it holds nothing of %s, but of other sites", strings.Join(rules.Hosts, ", ")), "export the cookies while the site itself is open")
	case len(state.Cookies)+len(state.Origins) == 0 && len(i.Ended) > 0:
		return unusable("the time of all its cookies is over", "")
	case len(state.Cookies)+len(state.Origins) == 0:
		return unusable("it holds no cookie", "")
	case wanted > 0 && !some && slices.ContainsFunc(rules.AuthCookies, func(name string) bool { return slices.Contains(i.Ended, name) }):
		return unusable("the login in it is over: the time of its "+strings.Join(i.Ended, ", ")+" is", "")
	case wanted > 0 && !some && len(rules.TokenKeys) > 0:
		return unusable(fmt.Sprintf("it holds neither a cookie %s nor %s in local storage, of which a login of the site consists", cmp.Or(strings.Join(rules.AuthCookies, ", "), "of a login"), strings.Join(rules.TokenKeys, ", ")), "cookies alone do not do here: log in with bedrot session login, or bring a storage state of Playwright")
	case wanted > 0 && !some:
		return unusable("it holds none of the cookies that a login of the site consists of: "+strings.Join(rules.AuthCookies, ", "), "")
	}
	return nil
}

func unusable(what, next string) error {
	return &zones.Error{Code: "login_unusable", What: what, Next: cmp.Or(next, "log in to the site in a browser, and export its cookies again")}
}

// loose is a cookie as programs write it: extensions, Playwright, Puppeteer and Selenium agree on little.
type loose struct {
	Name, Value, Domain, Path string
	Expires, ExpirationDate   any
	Expiry                    any
	Session, HTTPOnly, Secure bool
	HostOnly                  *bool
	SameSite                  any
}

// list reads a JSON list of cookies.
func (i *Imported) list(data []byte) ([]Cookie, error) {
	var read []loose
	if err := json.Unmarshal(data, &read); err != nil {
		return nil, unusable("the JSON is no list of cookies", "")
	}
	cookies := make([]Cookie, len(read))
	for n, l := range read {
		cookies[n] = i.cookie(l)
	}
	return cookies, nil
}

// document reads an object that holds cookies, such as Playwright's storage state.
func (i *Imported) document(data []byte) ([]Cookie, error) {
	var read struct {
		Cookies json.RawMessage
		Origins []Origin
	}
	if err := json.Unmarshal(data, &read); err != nil || len(read.Cookies) == 0 || read.Cookies[0] != '[' {
		return nil, unusable("the JSON holds no cookies", "")
	}
	i.Format = "an object with cookies"
	if read.Origins != nil {
		i.Format = "a storage state"
	}
	i.Record.State.Origins = read.Origins
	return i.list(read.Cookies)
}

func (i *Imported) cookie(l loose) Cookie {
	c := Cookie{Name: l.Name, Value: l.Value, Domain: l.Domain, Path: l.Path, Secure: l.Secure, HTTPOnly: l.HTTPOnly, Expires: -1}
	if !l.Session {
		for _, said := range []any{l.ExpirationDate, l.Expires, l.Expiry} {
			if at, ok := instant(said); ok {
				c.Expires = at
				break
			}
		}
	}
	if l.HostOnly != nil {
		c.Domain = strings.TrimPrefix(c.Domain, ".")
		if !*l.HostOnly && c.Domain != "" {
			c.Domain = "." + c.Domain
		}
	}
	switch said := l.SameSite.(type) {
	case nil:
	case string:
		c.SameSite = said
		if !knownSameSite(said) {
			i.Odd = append(i.Odd, fmt.Sprintf("%.40q has a sameSite that nobody knows, and is taken for Lax", l.Name))
		}
	default:
		i.Odd = append(i.Odd, fmt.Sprintf("%.40q has a sameSite that is no word, and is taken for Lax", l.Name))
	}
	return c
}

// instant is a time as programs write it, in seconds since 1970: a number, perhaps in quotes, of seconds
// or of milliseconds, or a date.
func instant(said any) (float64, bool) {
	switch said := said.(type) {
	case float64:
		if said > maxSeconds {
			said /= 1000
		}
		return said, true
	case string:
		if n, err := strconv.ParseFloat(said, 64); err == nil && n == n {
			return instant(n)
		}
		for _, layout := range []string{time.RFC3339, time.RFC1123} {
			if at, err := time.Parse(layout, said); err == nil {
				return float64(at.Unix()), true
			}
		}
	}
	return 0, false
}

// netscape reads a cookies.txt: a line each of domain, whether subdomains count, path, whether only
// encrypted, end, name and value, parted by tabs.
func (i *Imported) netscape(text string) ([]Cookie, error) {
	var cookies []Cookie
	for n, line := range strings.Split(text, "\n") {
		line = strings.TrimSuffix(line, "\r")
		line, httpOnly := strings.CutPrefix(line, "#HttpOnly_")
		if strings.TrimSpace(line) == "" || !httpOnly && strings.HasPrefix(line, "#") {
			continue
		}
		fields := strings.Split(line, "\t")
		if len(fields) == 6 {
			fields = append(fields, "") // an editor took the tab before an empty value away
		}
		if len(fields) != 7 {
			i.Refused = append(i.Refused, fmt.Sprintf("line %d is none of a cookies.txt", n+1))
			continue
		}
		at, err := strconv.ParseFloat(fields[4], 64)
		if err != nil || at != at {
			i.Refused = append(i.Refused, fmt.Sprintf("line %d has no time", n+1))
			continue
		}
		c := Cookie{
			Name: fields[5], Value: fields[6], Domain: strings.TrimPrefix(fields[0], "."), Path: fields[2], HTTPOnly: httpOnly,
			Secure: strings.EqualFold(fields[3], "TRUE"), Expires: at,
		}
		if strings.EqualFold(fields[1], "TRUE") && c.Domain != "" {
			c.Domain = "." + c.Domain
		}
		cookies = append(cookies, c)
	}
	if len(cookies) == 0 {
		return nil, unusable("it is neither JSON nor a cookies.txt with a cookie in it", "")
	}
	return cookies, nil
}
