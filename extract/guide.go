package extract

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"bedrot/zones"
)

// Guide is what a person is told of a source: how it is set up, and what is known of its streams.
type Guide struct {
	Name    string        `json:"name"`
	Title   string        `json:"title"`
	Doc     string        `json:"doc"`
	Streams []StreamGuide `json:"streams"`
	// API is the version of the service's interface that is spoken, with the day it ends.
	API      string         `json:"api,omitempty"`
	Settings []SettingGuide `json:"settings,omitempty"`
	Accounts []Standing     `json:"accounts,omitempty"`
}

// SettingGuide is a setting of a source; Set lists the accounts for which it says something, never what.
type SettingGuide struct {
	Name     string   `json:"name"`
	Doc      string   `json:"doc"`
	Required bool     `json:"required"`
	Secret   bool     `json:"secret"`
	Default  string   `json:"default,omitempty"`
	Set      []string `json:"set_for"`
}

// StreamGuide is one stream of a source: what it gives, how it is exported by hand, what to know.
type StreamGuide struct {
	Name      string   `json:"name"`
	Doc       string   `json:"doc"`
	Cadence   string   `json:"cadence"`
	Lag       string   `json:"lag,omitempty"`
	FreshDays int      `json:"usual_lag_days"` // -1 when freshness is not judged
	Doors     []string `json:"doors"`          // ways by which it comes, best first
	Columns   []string `json:"columns"`
	Steps     []string `json:"steps"`
	Limits    []string `json:"limits"`
	Traps     []string `json:"traps"`
}

// Guides tell of sources in a lake, or with nil in none: of the first that is named, or of all. Gives says
// which columns a stream has, and by how many days it is usually behind.
func Guides(named []string, lake *zones.Lake, v Values, logins Tokens, now time.Time, gives func(source, stream string) (columns []string, fresh int)) (GuideBook, error) {
	var guides GuideBook
	for _, source := range Sources() {
		if len(named) > 0 && source.Name != named[0] {
			continue
		}
		g, err := source.guide(lake, v, logins, now)
		if err != nil {
			return nil, err
		}
		for i := range g.Streams {
			g.Streams[i].Columns, g.Streams[i].FreshDays = gives(g.Name, g.Streams[i].Name)
		}
		guides = append(guides, g)
	}
	if len(guides) == 0 {
		return nil, &zones.Error{Code: "source_unknown", What: "there is no source " + named[0], Where: named[0], Next: "bedrot sources"}
	}
	return guides, nil
}

func (s Source) guide(lake *zones.Lake, v Values, logins Tokens, now time.Time) (Guide, error) {
	g := Guide{Name: s.Name, Title: s.Title, Doc: s.Doc, API: s.API.String()}
	for _, stream := range s.Streams {
		g.Streams = append(g.Streams, StreamGuide{Name: stream.Name, Doc: stream.Doc, Cadence: stream.Cadence, Lag: stream.Lag, Doors: stream.Doors(), Steps: stream.Steps, Limits: stream.Limits, Traps: stream.Traps})
	}
	if lake == nil {
		return g, nil
	}
	for _, setting := range s.Settings {
		g.Settings = append(g.Settings, SettingGuide{
			Name: setting.Name, Doc: setting.Doc, Required: setting.Required, Secret: setting.Secret, Default: setting.Default,
			Set: setting.SetFor(v, lake.Config.AccountsOf(s.Name)),
		})
	}
	var err error
	g.Accounts, err = s.Standing(lake, v, logins, now)
	return g, err
}

// String is the setting in a line, without its value.
func (s SettingGuide) String() string {
	kind := "optional"
	if s.Required {
		kind = "required"
	}
	if s.Secret {
		kind += ", secret"
	}
	state := "not set"
	switch {
	case len(s.Set) > 0:
		state = "set for " + strings.Join(s.Set, ", ")
	case s.Default != "":
		state = "default " + s.Default
	}
	return s.Name + " (" + kind + "; " + state + "): " + s.Doc
}

// String is the source in a line, with its streams and accounts below.
func (g Guide) String() string {
	var names []string
	for _, stream := range g.Streams {
		names = append(names, stream.Name)
	}
	text := fmt.Sprintf("%-12s %s\n             streams: %s", g.Name, g.Doc, strings.Join(names, ", "))
	for _, account := range g.Accounts {
		text += fmt.Sprintf("\n             %s", account)
	}
	return text
}

// GuideBook is the guides of several sources.
type GuideBook []Guide

// String is the sources one below the other.
func (b GuideBook) String() string {
	lines := make([]string, len(b))
	for i, g := range b {
		lines[i] = g.String()
	}
	return strings.Join(lines, "\n")
}

// Whole is all that is known of the source.
func (g Guide) Whole() string {
	var lines []string
	tell := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	tell("%s (%s)\n%s", g.Title, g.Name, g.Doc)
	if g.API != "" {
		tell("speaks %s", g.API)
	}
	for _, account := range g.Accounts {
		tell("  %s", account)
	}
	for _, setting := range g.Settings {
		tell("  %s", setting)
	}
	for _, stream := range g.Streams {
		tell("\n%s/%s: %s", g.Name, stream.Name, stream.Doc)
		tell("  comes by: %s", strings.Join(stream.Doors, ", "))
		tell("  gives: %s", strings.Join(stream.Columns, ", "))
		tell("  export it: %s; its data is usually behind by: %s", stream.Cadence, cmp.Or(stream.Lag, "-"))
		for i, step := range stream.Steps {
			tell("    %d. %s", i+1, step)
		}
		for _, limit := range stream.Limits {
			tell("  limit: %s", limit)
		}
		for _, trap := range stream.Traps {
			tell("  trap: %s", trap)
		}
	}
	return strings.Join(lines, "\n")
}
