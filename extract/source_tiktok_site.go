package extract

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"bedrot/extract/api"
	"bedrot/extract/browser"
	"bedrot/extract/session"
)

// tiktokSite is TikTok Studio. People log in by a code on their phone's screen, so no credentials are
// ever typed.
func tiktokSite() *browser.Site {
	return &browser.Site{
		Base: "https://www.tiktok.com", BaseSetting: "TIKTOK_URL",
		Home:    "/tiktokstudio/analytics",
		InURL:   regexp.MustCompile(`/tiktokstudio/`),
		In:      browser.Selectors{`[data-e2e="download-data"]`, `button:has-text("Download data")`},
		Out:     browser.Selectors{`[data-e2e="qr-code"]`, `input[type="password"]`, `text=/log in to tiktok/i`},
		OutURL:  regexp.MustCompile(`/login(/|$)`),
		Consent: browser.Selectors{`tiktok-cookie-banner button:has-text("Allow all")`, `button:has-text("Allow all")`, `button:has-text("Accept all")`},
		Form:    browser.Form{URL: "/login/qrcode"},
		Session: session.Rules{
			Hosts: []string{"tiktok.com"}, AuthCookies: []string{"sessionid", "sid_guard", "uid_tt"}, Lasts: 30 * 24 * time.Hour,
		},
	}
}

// tiktokPages are Studio's tabs by stream, and how the file that each gives begins. The tab of followers
// gives four streams in one file.
var tiktokPages = map[string]struct{ address, name string }{
	"overview":             {"/tiktokstudio/analytics/overview", "Overview"},
	"viewers":              {"/tiktokstudio/analytics/viewers", "Viewers"},
	"content":              {"/tiktokstudio/analytics/content", "Content"},
	"follower_history":     {"/tiktokstudio/analytics/followers", "Followers"},
	"follower_activity":    {"/tiktokstudio/analytics/followers", "Followers"},
	"follower_gender":      {"/tiktokstudio/analytics/followers", "Followers"},
	"follower_territories": {"/tiktokstudio/analytics/followers", "Followers"},
}

var (
	tiktokRange  = browser.Selectors{`[data-e2e="date-range"]`, `[class*="DateRange"] button`, `button:has-text("Last ")`}
	tiktokData   = browser.Selectors{`[data-e2e="download-data"]`, `button:has-text("Download data")`}
	tiktokCSV    = browser.Selectors{`label:has-text("CSV")`, `[role=radio]:has-text("CSV")`, "text=CSV"}
	tiktokButton = browser.Selectors{`[role=dialog] button:has-text("Download")`, `[data-e2e="download-confirm"]`}
)

// tiktokDays are the periods that Studio offers, the longest first.
var tiktokDays = []int{365, 180, 60, 28, 7}

// tiktokName is how Studio calls what it gives.
var tiktokName = regexp.MustCompile(`^(Overview|Viewers|Content|Followers)(?:_(\d{4}-\d{2}-\d{2})_(\d{10}))?(?:_([A-Za-z0-9._]+?))?(?: ?\(\d+\))?\.(?:zip|csv|xlsx)$`)

func extractTiktok(ctx context.Context, s *Session) error {
	v, err := s.Visit(ctx, browser.Credentials{})
	if err != nil {
		return err
	}
	site, taken := s.Site(), map[string]*tiktokFile{}
	return s.Each(ctx, func(_ context.Context, ask Ask, drop *Drop) error {
		want := tiktokPages[ask.Stream.Name]
		file := taken[want.address]
		if file == nil {
			if file, err = tiktokExport(s, v, site, want.address, want.name); err != nil {
				return err
			}
			taken[want.address] = file
		}
		return file.put(s, site.Base+want.address, drop)
	})
}

// tiktokFile is one download, and the period that was chosen for it.
type tiktokFile struct {
	*browser.Download
	days int
}

// tiktokExport chooses the longest period on a tab and downloads it as CSV.
func tiktokExport(s *Session, v *browser.Visit, site browser.Site, address, name string) (*tiktokFile, error) {
	if err := v.Goto(site.Base + address); err != nil {
		return nil, err
	}
	v.Dismiss(site.Consent)
	if err := v.Still(site); err != nil {
		return nil, err
	}
	file := &tiktokFile{}
	if err := v.Click("the choice of the period", tiktokRange); err != nil {
		return nil, err
	}
	for _, days := range tiktokDays {
		choice := browser.Selectors{fmt.Sprintf(`[role=option]:has-text("%d days")`, days), fmt.Sprintf(`text=/last %d days/i`, days)}
		if !v.Sees(choice, time.Second) {
			continue
		}
		if err := v.Click("the period", choice); err != nil {
			return nil, err
		}
		file.days = days
		break
	}
	if file.days == 0 {
		return nil, &api.Fault{Kind: api.Unexpected, Message: "the page has changed: no period can be chosen", Expected: "Last 365 days, or a shorter one", Found: "none of them", Endpoint: v.URL()}
	}
	if err := v.Click("the button Download data", tiktokData); err != nil {
		return nil, err
	}
	if err := v.Click("the form CSV", tiktokCSV); err != nil {
		return nil, err
	}
	var err error
	file.Download, err = v.Download(name, func() error { return v.Click("the button Download", tiktokButton) })
	if err != nil {
		return nil, err
	}
	m := tiktokName.FindStringSubmatch(file.Name)
	if m == nil || m[1] != name {
		return nil, &api.Fault{Kind: api.Unexpected, Message: "the site gave another file than the one asked for", Expected: name + "_….zip, .csv or .xlsx", Found: file.Name, Endpoint: v.URL()}
	}
	return file, ofHandle(s, m[4])
}

// ofHandle refuses a file of another handle than the account's: that of TIKTOK_HANDLE, else the account's
// own name, whatever stands between its letters.
func ofHandle(s *Session, found string) error {
	if found == "" {
		return nil
	}
	wanted := s.Setting("TIKTOK_HANDLE")
	if wanted == "" && s.Account != "main" {
		wanted = s.Account
	}
	if wanted == "" || letters(wanted) == letters(found) {
		return nil
	}
	return &api.Fault{
		Kind: api.Unexpected, Name: "other_account", Message: "the site gave another account's data", Expected: wanted, Found: found,
		Next: fmt.Sprintf("log in as %s: bedrot session login tiktok --account %s; or set %s if the handle is another", wanted, s.Account, Setting{Name: "TIKTOK_HANDLE"}.For(s.Account)),
	}
}

func letters(handle string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, strings.ToLower(handle))
}

// put keeps the file as a stream's drop, and says what it lacks of the year that was wanted.
func (f *tiktokFile) put(s *Session, address string, drop *Drop) error {
	m := tiktokName.FindStringSubmatch(f.Name)
	if f.days < tiktokDays[0] {
		drop.Warn("window_short", "the last %d days were asked for, and the site offers no more than %d", tiktokDays[0], f.days)
	}
	if first, err := time.Parse(time.DateOnly, m[2]); err == nil {
		seconds, err := strconv.ParseInt(m[3], 10, 64)
		if err != nil {
			return err
		}
		last := midnight(time.Unix(seconds, 0).UTC())
		if wanted := midnight(s.Now().UTC()).AddDate(0, 0, 3-f.days); first.After(wanted) {
			drop.Warn("window_short", "the last %d days were asked for, and those from %s on came", f.days, m[2])
		}
		drop.Delivered(first, last)
	}
	drop.From("GET " + address)
	return drop.Take(f.Download)
}
