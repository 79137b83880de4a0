package extract

import (
	"context"
	"encoding/json"
	"regexp"
	"strings"
	"time"

	"bedrot/extract/api"
	"bedrot/extract/browser"
	"bedrot/extract/session"
)

// toolostSite is TooLost's portal. Its login is a token in local storage that ends after seven days.
func toolostSite() *browser.Site {
	return &browser.Site{
		Base: "https://toolost.com", BaseSetting: "TOOLOST_URL",
		Home:    "/user-portal/analytics/platform",
		InURL:   regexp.MustCompile(`/user-portal/`),
		In:      browser.Selectors{".ant-layout-sider", "aside nav", `[data-testid*="user-menu"]`},
		Out:     browser.Selectors{`input[type="password"]`},
		OutURL:  regexp.MustCompile(`/(login|sign-in)/?$`),
		Consent: browser.Selectors{`button:has-text("Accept all")`, `button:has-text("Accept")`},
		Form: browser.Form{
			URL:       "/login",
			Email:     browser.Selectors{`input[type="email"]`, `input[name="email"]`},
			Password:  browser.Selectors{`input[type="password"]`},
			Submit:    browser.Selectors{`button[type="submit"]`, `button:has-text("Log in")`, `button:has-text("Sign in")`},
			Code:      browser.Selectors{`input[autocomplete="one-time-code"]`, `input[name="code"]`},
			Wrong:     browser.Selectors{".ant-message-error", ".error", `text=/incorrect|invalid/i`},
			Challenge: browser.Selectors{`iframe[src*="recaptcha/api2/bframe"]`, `iframe[src*="hcaptcha"]`},
		},
		Session: session.Rules{Hosts: []string{"toolost.com"}, TokenKeys: []string{"token", "jwt", "authToken"}, Lasts: 7 * 24 * time.Hour},
	}
}

// toolostPlatforms are the portal's answers by stream: which request of the page's own gets it, how the
// page is made to ask, and the list of days in it.
var toolostPlatforms = map[string]struct {
	answer *regexp.Regexp
	choice browser.Selectors
	days   string
}{
	"spotify": {regexp.MustCompile(`/api/portal/analytics/spotify/?\?[^#]*date=thisYear`), browser.Selectors{`[role=option]:has-text("Spotify")`, `.ant-select-item:has-text("Spotify")`, "text=Spotify"}, "streams"},
	"apple":   {regexp.MustCompile(`/api/portal/analytics/apple/?\?[^#]*date=thisYear`), browser.Selectors{`[role=option]:has-text("Apple")`, `.ant-select-item:has-text("Apple")`, "text=Apple Music"}, "totalStreams"},
}

var (
	toolostRange    = browser.Selectors{`[data-testid="date-range"]`, ".ant-picker", `button:has-text("This Month")`, `[role=combobox][aria-label*="date" i]`}
	toolostThisYear = browser.Selectors{`[role=option]:has-text("This Year")`, `.ant-select-item:has-text("This Year")`, "text=This Year", "text=Year"}
	toolostPlatform = browser.Selectors{`[data-testid="platform"]`, `[role=combobox][aria-label*="platform" i]`, ".ant-select"}
	toolostReports  = browser.Selectors{`[data-testid="notification"]`, ".notification", "li:has-text(\"Sales report\")"}
)

// toolostReport is the notification of a sales report.
var toolostReport = regexp.MustCompile(`(?i)\((\d{2}-\d{4})\)\s*sales report`)

func extractToolost(ctx context.Context, s *Session) error {
	v, err := s.Visit(ctx, s.Credentials("TOOLOST_EMAIL", "TOOLOST_PASSWORD", "TOOLOST_TOTP_SECRET"))
	if err != nil {
		return err
	}
	site := s.Site()
	return s.Each(ctx, func(ctx context.Context, ask Ask, drop *Drop) error {
		if ask.Stream.Name == "sales" {
			return toolostSales(ctx, s, v, site, drop)
		}
		return toolostAnswer(v, site, ask.Stream.Name, s.Now(), drop)
	})
}

// toolostAnswer lets the portal's page ask for the year of one platform, and keeps the answer as it came.
func toolostAnswer(v *browser.Visit, site browser.Site, stream string, at time.Time, drop *Drop) error {
	want := toolostPlatforms[stream]
	ask := func() error {
		if err := v.Goto(site.Base + site.Home); err != nil {
			return err
		}
		for _, step := range []struct {
			what  string
			names browser.Selectors
		}{
			{"the choice of dates", toolostRange}, {"This Year", toolostThisYear}, {"the choice of platforms", toolostPlatform}, {"the platform " + stream, want.choice},
		} {
			if err := v.Still(site); err != nil {
				return err
			}
			if err := v.Click(step.what, step.names); err != nil {
				return err
			}
		}
		return nil
	}
	answers, err := v.Collect(want.answer, v.Step(), ask, func(r []browser.Response) bool { return len(r) > 0 })
	if err != nil {
		return err
	}
	if err := v.Still(site); err != nil {
		return err
	}
	if len(answers) == 0 {
		return &api.Fault{Kind: api.Unexpected, Message: "the portal's page did not ask for the platform's year", Expected: want.answer.String(), Found: "no such request", Endpoint: v.URL()}
	}
	last := answers[len(answers)-1]
	if last.Status == 401 || last.Status == 403 {
		return &api.Fault{Kind: api.Login, Status: last.Status, Message: "the portal's token is over", Endpoint: v.URL()}
	}
	if last.Status >= 400 {
		return &api.Fault{Kind: api.Transient, Status: last.Status, Message: "the portal failed", Endpoint: v.URL()}
	}
	first, newest, err := toolostDaysOf(last.Body, want.days)
	if err != nil {
		return err
	}
	drop.From("GET " + last.URL)
	drop.Delivered(first, newest)
	return drop.File("toolost_"+stream+"_"+at.UTC().Format("20060102_150405")+".json", last.Body)
}

// toolostDaysOf proves that an answer has its list of days, and says which.
func toolostDaysOf(answer []byte, list string) (first, last time.Time, err error) {
	var lists map[string]json.RawMessage
	if err := json.Unmarshal(answer, &lists); err != nil {
		return first, last, api.Shape("an object with "+list, "%.60s", answer)
	}
	var days []struct {
		Date string `json:"date"`
	}
	if err := json.Unmarshal(lists[list], &days); err != nil {
		return first, last, api.Shape("a list "+list, "%.60s", lists[list])
	}
	for _, d := range days {
		day, err := time.Parse(time.DateOnly, d.Date)
		if err != nil {
			return first, last, api.Shape("days like 2025-02-07 in "+list, "%q", d.Date)
		}
		if first.IsZero() || day.Before(first) {
			first = day
		}
		if day.After(last) {
			last = day
		}
	}
	return first, last, nil
}

// toolostSales downloads the sales reports among the notifications that have not landed yet, each a drop.
func toolostSales(ctx context.Context, s *Session, v *browser.Visit, site browser.Site, drop *Drop) error {
	if err := v.Goto(site.Base + "/user-portal/notifications"); err != nil {
		return err
	}
	v.Dismiss(site.Consent)
	if _, err := v.Find("the notifications", append(browser.Selectors{`[data-testid="notifications"]`}, toolostReports...), v.Step()); err != nil {
		if out := v.Still(site); out != nil {
			return out
		}
		return err
	}
	had, err := s.Names("sales")
	if err != nil {
		return err
	}
	reports, err := v.All(toolostReports)
	if err != nil {
		return err
	}
	for _, report := range reports {
		m := toolostReport.FindStringSubmatch(report.Text)
		if m == nil {
			continue
		}
		if name := report.Attribute("a, button", "download"); name != "" && had[name] {
			continue
		}
		got, err := v.Download("the sales report of "+m[1], func() error { return report.Click(browser.Selectors{"a[download]", "button", "a"}) })
		if err != nil {
			return err
		}
		if had[got.Name] {
			continue
		}
		if !strings.HasPrefix(got.Name, m[1]) {
			drop.Warn("file_warning", "the sales report of %s is called %s", m[1], got.Name)
		}
		drop.From("GET " + site.Base + "/user-portal/notifications")
		if err := drop.Take(got); err != nil {
			return err
		}
		if err := drop.Next(ctx); err != nil {
			return err
		}
	}
	return nil
}
