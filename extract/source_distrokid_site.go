package extract

import (
	"context"
	"regexp"
	"time"

	"bedrot/extract/api"
	"bedrot/extract/browser"
)

// distrokidSite is DistroKid's website. Its pages were never promised to anybody: every name has others
// behind it, and what was found by one of those is told.
func distrokidSite() *browser.Site {
	return &browser.Site{
		Base: "https://distrokid.com", BaseSetting: "DISTROKID_URL",
		Home:    "/mymusic/",
		InURL:   regexp.MustCompile(`/(dashboard|mymusic|stats|bank)/?`),
		In:      browser.Selectors{`a[href*="logout"]`, `a[href*="/signout"]`},
		Out:     browser.Selectors{`input[type="password"]`},
		OutURL:  regexp.MustCompile(`/(login|signin)/?$`),
		Consent: browser.Selectors{"#accept-cookies", "#onetrust-accept-btn-handler", `button:has-text("Accept all")`, `button:has-text("Accept")`},
		Form: browser.Form{
			URL:       "/login",
			Email:     browser.Selectors{"#inputUsername", `input[type="email"]`, `input[name="email"]`},
			Password:  browser.Selectors{"#inputPassword", `input[type="password"]`},
			Submit:    browser.Selectors{"#loginButton", `button[type="submit"]`, `input[type="submit"]`},
			Code:      browser.Selectors{`input[autocomplete="one-time-code"]`, `input[name="code"]`, `input[inputmode="numeric"]`},
			Wrong:     browser.Selectors{".error", `text=/incorrect|invalid|not right|wrong/i`},
			Challenge: browser.Selectors{`iframe[src*="recaptcha/api2/bframe"]`, `iframe[src*="hcaptcha"]`, "#challenge", `text=/verify that you are human/i`},
		},
	}
}

// distrokidPages are the pages of statistics by stream: their address and name, what is in every one of
// them, and how a day is written there.
var distrokidPages = map[string]struct {
	address, name string
	holds, day    *regexp.Regexp
}{
	"streams":    {"/stats/?type=all&data=streams", "streams_stats", regexp.MustCompile(`makeChart\(`), quotedDay},
	"applemusic": {"/stats/?type=all&data=applemusic", "applemusic_stats", regexp.MustCompile(`var\s+chartData\s*=`), quotedDay},
}

var quotedDay = regexp.MustCompile(`["'](\d{4}-\d{2}-\d{2})["']`)

var (
	distrokidDetails  = browser.Selectors{`a[href*="/bank/details"]`, `text=/excruciating detail/i`}
	distrokidDownload = browser.Selectors{`[onclick^="downloadBank"]`, `a[href*="/bank/download"]`, `text=/^download/i`}
)

// extractDistrokid reads the pages and downloads the bank's details for one account.
func extractDistrokid(ctx context.Context, s *Session) error {
	v, err := s.Visit(ctx, s.Credentials("DISTROKID_EMAIL", "DISTROKID_PASSWORD", "DISTROKID_TOTP_SECRET"))
	if err != nil {
		return err
	}
	site := s.Site()
	return s.Each(ctx, func(_ context.Context, ask Ask, drop *Drop) error {
		if ask.Stream.Name == "bank" {
			return distrokidBank(v, site, drop)
		}
		return distrokidStats(v, site, ask.Stream.Name, s.Now(), drop)
	})
}

// distrokidStats keeps a page of statistics as the site sent it: the charts' numbers stand in its scripts.
func distrokidStats(v *browser.Visit, site browser.Site, stream string, at time.Time, drop *Drop) error {
	want := distrokidPages[stream]
	if err := v.Goto(site.Base + want.address); err != nil {
		return err
	}
	v.Dismiss(site.Consent)
	if err := v.Still(site); err != nil {
		return err
	}
	page, err := v.Document()
	if err != nil {
		return err
	}
	days := want.day.FindAllSubmatch(page, -1)
	if !want.holds.Match(page) || len(days) == 0 {
		return api.Shape("charts with days on "+v.URL(), "a page of %d bytes without any", len(page))
	}
	drop.From("GET " + site.Base + want.address)
	drop.Delivered(daysOf(days))
	return drop.File(want.name+"_"+at.UTC().Format("20060102_150405")+".html", page)
}

// daysOf are the first and the last of some days.
func daysOf(matches [][][]byte) (first, last time.Time) {
	for _, m := range matches {
		day, err := time.Parse(time.DateOnly, string(m[1]))
		if err != nil {
			continue
		}
		if first.IsZero() || day.Before(first) {
			first = day
		}
		if day.After(last) {
			last = day
		}
	}
	return first, last
}

// distrokidBank downloads the bank's details the way a person does.
func distrokidBank(v *browser.Visit, site browser.Site, drop *Drop) error {
	if err := v.Goto(site.Base + "/bank/"); err != nil {
		return err
	}
	v.Dismiss(site.Consent)
	if err := v.Still(site); err != nil {
		return err
	}
	if err := v.Click("the link to the bank's details", distrokidDetails); err != nil {
		return err
	}
	v.Dismiss(site.Consent)
	got, err := v.Download("the bank's details", func() error { return v.Click("the button Download", distrokidDownload) })
	if err != nil {
		return err
	}
	drop.From("GET " + site.Base + "/bank/details/")
	return drop.Take(got)
}
