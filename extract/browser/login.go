package browser

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/playwright-community/playwright-go"

	"bedrot/extract/api"
	"bedrot/extract/session"
)

// Site is what is known of a website: data, at the top of its source's file.
type Site struct {
	// Base is where the site is; BaseSetting names the setting that says otherwise, such as a mirror for
	// tests. All other addresses are below it.
	Base, BaseSetting string
	// Home is an address that only somebody who is logged in sees.
	Home string
	// InURL fits addresses that only somebody who is logged in gets to, where pages have no better sign.
	InURL *regexp.Regexp
	// In are signs of a login that works, Out signs of one that does not, such as the login form; Where
	// the page is counts too: OutURL fits its address when the login page was shown instead.
	In, Out Selectors
	OutURL  *regexp.Regexp
	// Consent are the buttons that close what lies over pages.
	Consent Selectors
	Form    Form
	// Session says what a login of the site consists of.
	Session session.Rules
}

// On is the site at another base.
func (s Site) On(base string) Site {
	if base == "" || base == s.Base {
		return s
	}
	s.Base = strings.TrimSuffix(base, "/")
	if address, err := url.Parse(base); err == nil {
		s.Session.Hosts = append(slices.Clone(s.Session.Hosts), address.Hostname())
	}
	return s
}

// Rules say what a login of the site consists of; without hosts of their own, what is below Base is.
func (s Site) Rules() session.Rules {
	rules := s.Session
	if address, err := url.Parse(s.Base); err == nil && len(rules.Hosts) == 0 && address.Hostname() != "" {
		rules.Hosts = []string{strings.TrimPrefix(address.Hostname(), "www.")}
	}
	return rules
}

// Form is a site's login form.
type Form struct {
	URL                     string
	Email, Password, Submit Selectors
	Code                    Selectors // where the second factor goes
	// Wrong is what a refused password or code looks like; QR and Challenge what only a person can do.
	Wrong, Challenge Selectors
}

// Credentials are what can be typed into a form; empty ones are a person's to give.
type Credentials struct {
	Email, Password string
	// Code gives the second factor of this moment; nil when nobody configured one.
	Code func() (string, error)
}

// Enter proves that the account is logged in, and logs it in where credentials are there. Otherwise it is a
// Login fault: a person must log in.
func (v *Visit) Enter(site Site, who Credentials) error {
	v.site = site
	if err := v.Goto(site.Base + site.Home); err != nil {
		return err
	}
	v.Dismiss(site.Consent)
	in, err := v.loggedIn(site, v.step)
	if err != nil || in {
		return err
	}
	if who.Email == "" || who.Password == "" {
		return v.loginNeeded("the session is over: the site shows its login page")
	}
	if err := v.submit(site, who); err != nil {
		return err
	}
	return v.Goto(site.Base + site.Home)
}

// settle is how long a page may take to send somebody away who is not logged in.
const settle = time.Second

// loggedIn waits for a sign of being logged in, or of not being so.
func (v *Visit) loggedIn(site Site, limit time.Duration) (bool, error) {
	signs, began := slices.Concat(site.Out, site.In), time.Now()
	for deadline := began.Add(limit); ; {
		if site.OutURL != nil && site.OutURL.MatchString(v.URL()) {
			return false, nil
		}
		found, i := v.first(signs, 0)
		switch {
		case v.ctx.Err() != nil:
			return false, v.ctx.Err()
		case found != nil:
			return i >= len(site.Out), nil
		case site.InURL != nil && site.InURL.MatchString(v.URL()) && time.Since(began) > settle:
			return true, nil
		case time.Now().After(deadline):
			return false, &api.Fault{
				Kind: api.Unexpected, Message: "the page shows neither a login nor its absence", Expected: "one of " + strings.Join(signs, ", "), Found: "none of them on " + v.URL(), Endpoint: v.URL(),
			}
		}
		v.rest(100 * time.Millisecond)
	}
}

// submit fills the login form, and the second factor where it is asked for.
func (v *Visit) submit(site Site, who Credentials) error {
	v.mask.Add(who.Password)
	form := site.Form
	if err := v.Goto(site.Base + form.URL); err != nil {
		return err
	}
	v.Dismiss(site.Consent)
	for _, step := range []func() error{
		func() error { return v.Fill("the e-mail field", form.Email, who.Email) },
		func() error { return v.Fill("the password field", form.Password, who.Password) },
		func() error { return v.Click("the login button", form.Submit) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	switch v.await(site, form.Wrong, form.Code, form.Challenge) {
	case 0:
		return nil
	case 1:
		return v.loginNeeded("the site refuses the e-mail or the password")
	case 2:
		return v.secondFactor(site, who)
	case 3:
		return v.loginNeeded("the site wants a person to prove that it is one")
	}
	return v.loginNeeded("the login did not succeed in time")
}

func (v *Visit) secondFactor(site Site, who Credentials) error {
	if who.Code == nil {
		return v.loginNeeded("the site asks for a second factor, and no secret for it is configured")
	}
	code, err := who.Code()
	if err != nil {
		return v.loginNeeded("the secret of the second factor is none: " + err.Error())
	}
	v.mask.Add(code)
	if err := v.Fill("the field of the second factor", site.Form.Code, code); err != nil {
		return err
	}
	if err := v.Click("the login button", site.Form.Submit); err != nil {
		return err
	}
	switch v.await(site, site.Form.Wrong, site.Form.Challenge) {
	case 0:
		return nil
	case 1:
		return v.loginNeeded("the site refuses the second factor")
	}
	return v.loginNeeded("the login did not succeed in time")
}

// await waits for being logged in (0), or for the first of the other signs (1 and on); -1 is none in time.
func (v *Visit) await(site Site, others ...Selectors) int {
	for deadline := time.Now().Add(v.step); v.ctx.Err() == nil && time.Now().Before(deadline); v.rest(100 * time.Millisecond) {
		if v.isIn(site) {
			return 0
		}
		for i, names := range others {
			if len(names) > 0 && v.Sees(names, 0) {
				return i + 1
			}
		}
	}
	return -1
}

// isIn is a sign of being logged in on the page as it is.
func (v *Visit) isIn(site Site) bool {
	return v.Sees(site.In, 0) || site.InURL != nil && site.InURL.MatchString(v.URL()) && !v.shut(site)
}

// shut reports whether the page is the site's login page.
func (v *Visit) shut(site Site) bool {
	return site.OutURL != nil && site.OutURL.MatchString(v.URL()) || v.Sees(site.Out, 0)
}

// Still proves that the login has not ended on the way.
func (v *Visit) Still(site Site) error {
	if v.shut(site) {
		return v.loginNeeded("the site ended the session while it was read")
	}
	return nil
}

func (v *Visit) loginNeeded(message string) error {
	return &api.Fault{Kind: api.Login, Message: message, Endpoint: v.URL()}
}

// AwaitPerson opens the login page and waits until a person has logged in, or has closed the window.
func (v *Visit) AwaitPerson(site Site, limit time.Duration) error {
	var gone atomic.Bool
	v.page.OnClose(func(playwright.Page) { gone.Store(true) })
	closed := func() bool { return v.ctx.Err() == nil && (gone.Load() || !v.engine.browser.IsConnected()) }
	err := v.Goto(site.Base + site.Form.URL)
	for deadline := time.Now().Add(limit); ; v.rest(500 * time.Millisecond) {
		switch {
		case closed():
			return v.loginNeeded("the window was closed before anybody had logged in")
		case err != nil:
			return err
		case v.ctx.Err() != nil:
			return v.ctx.Err()
		case v.isIn(site):
			return nil
		case time.Now().After(deadline):
			return v.loginNeeded("nobody logged in within " + limit.String())
		}
	}
}
