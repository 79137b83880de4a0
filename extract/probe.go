package extract

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"bedrot/extract/api"
	"bedrot/extract/browser"
	"bedrot/zones"
)

// Probed is what one cheap call to a service said of an account.
type Probed struct {
	What  string // source:account
	State string // ok, warn or fail
	Found string
	Next  string
}

// versionWarning is how long before its end a version of an interface is warned of.
const versionWarning = 60 * 24 * time.Hour

// Probe asks every configured account of every source for next to nothing, and looks at its settings
// and its interface's version. It lands nothing and needs no lock.
func (r *Runner) Probe(ctx context.Context, lake *zones.Lake) []Probed {
	r.mask = &api.Mask{}
	var all []Probed
	if err := CheckSettings(lake.Config, r.Sources); err != nil {
		told := zones.AsError(ctx, err)
		all = append(all, Probed{"settings", "fail", told.What, told.Next})
	}
	all = append(all, r.chromium())
	for _, source := range r.Sources {
		if source.Extract == nil {
			continue
		}
		configured := 0
		for _, account := range lake.Config.AccountsOf(source.Name) {
			state := source.Configured(r.Values, account, r.Tokens)
			if !state.Some {
				continue
			}
			configured++
			if len(state.Missing) > 0 {
				told := missing(source, account, state.Missing)
				all = append(all, Probed{told.Where, "fail", told.What, told.Next})
				continue
			}
			all = append(all, r.probe(ctx, source, account))
		}
		if configured > 0 {
			all = append(all, r.version(source)...)
		}
	}
	return all
}

// chromium looks whether there is a browser for the sites.
func (r *Runner) chromium() Probed {
	executable, driver, err := browser.Find(r.Browser)
	var missing *browser.Missing
	if errors.As(err, &missing) {
		return Probed{"browser", "warn", missing.What + ": sites without an API cannot be fetched", missing.Next}
	}
	return Probed{"browser", "ok", executable + ", driven by playwright-core " + browser.DriverVersion + " in " + driver, ""}
}

func (r *Runner) probe(ctx context.Context, source Source, account string) Probed {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	where := source.Name + ":" + account
	if source.Probe == nil {
		return Probed{where, "ok", "the settings are there", ""}
	}
	s := r.session(source, account, ByAPI, api.NewGate(source.API.Policy), nil)
	hint, err := source.Probe(ctx, s)
	if err != nil {
		told := describe(source, account, Stream{}, r.mask, err)
		return Probed{where, "fail", told.What, told.Next}
	}
	if hint != "" {
		return Probed{where, "warn", r.mask.Text(hint), "bedrot sources " + source.Name}
	}
	return Probed{where, "ok", "answers", ""}
}

func (r *Runner) version(source Source) []Probed {
	ends := source.API.Ends
	if ends.IsZero() {
		return nil
	}
	left := ends.Sub(r.Now())
	found := fmt.Sprintf("speaks %s", source.API)
	switch next := "a newer bedrot speaks a newer version"; {
	case left <= 0:
		return []Probed{{source.Name, "fail", strings.Replace(found, "ends", "ended", 1), next}}
	case left < versionWarning:
		return []Probed{{source.Name, "warn", found, next}}
	}
	return []Probed{{source.Name, "ok", found, ""}}
}
