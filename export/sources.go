package export

import (
	"io"
	"strings"
	"time"

	"bedrot/sql/read"
)

// SourceInfo is a source with what the catalog knows of its streams.
type SourceInfo struct {
	Name    string       `json:"name"`
	Title   string       `json:"title"`
	Doc     string       `json:"doc"`
	Streams []StreamInfo `json:"streams"`
	// API is the version of the service's interface that is spoken, with the day it ends.
	API      string        `json:"api,omitempty"`
	Settings []SettingInfo `json:"settings,omitempty"`
	Accounts []AccountInfo `json:"accounts,omitempty"`
}

// SettingInfo is a setting of a source; Set lists the accounts for which it says something, never what.
type SettingInfo struct {
	Name     string   `json:"name"`
	Doc      string   `json:"doc"`
	Required bool     `json:"required"`
	Secret   bool     `json:"secret"`
	Default  string   `json:"default,omitempty"`
	Set      []string `json:"set_for"`
}

// AccountInfo is how far a source is set up for an account, and when it was last fetched.
type AccountInfo struct {
	Account    string     `json:"account"`
	Configured bool       `json:"configured"`
	Missing    []string   `json:"missing,omitempty"`
	Last       *time.Time `json:"last_fetched_at,omitempty"`
}

// String is the account in a line.
func (a AccountInfo) String() string {
	switch {
	case a.Configured && a.Last != nil:
		return a.Account + ": last fetched " + a.Last.Format(time.RFC3339)
	case a.Configured:
		return a.Account + ": configured, never fetched"
	}
	return a.Account + ": not configured, missing " + strings.Join(a.Missing, ", ")
}

// StreamInfo is one stream of a source: what it gives, how it is exported by hand, what to know.
type StreamInfo struct {
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

// String is the setting in a line, without its value.
func (s SettingInfo) String() string {
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

// Sources lists sources in a line each.
func Sources(out io.Writer, infos []SourceInfo, asJSON bool) error {
	if asJSON {
		return JSON(out, infos)
	}
	talk := Talk{Out: out}
	for _, info := range infos {
		var names []string
		for _, stream := range info.Streams {
			names = append(names, stream.Name)
		}
		talk.Tell("%-12s %s\n             streams: %s", info.Name, info.Doc, strings.Join(names, ", "))
		for _, account := range info.Accounts {
			talk.Tell("             %s", account)
		}
	}
	return nil
}

// Print tells all that is known of a source.
func (s SourceInfo) Print(out io.Writer, asJSON bool) error {
	if asJSON {
		return JSON(out, s)
	}
	talk := Talk{Out: out}
	talk.Tell("%s (%s)\n%s", s.Title, s.Name, s.Doc)
	if s.API != "" {
		talk.Tell("speaks %s", s.API)
	}
	for _, account := range s.Accounts {
		talk.Tell("  %s", account)
	}
	for _, setting := range s.Settings {
		talk.Tell("  %s", setting)
	}
	for _, stream := range s.Streams {
		talk.Tell("\n%s/%s: %s", s.Name, stream.Name, stream.Doc)
		talk.Tell("  comes by: %s", strings.Join(stream.Doors, ", "))
		talk.Tell("  gives: %s", strings.Join(stream.Columns, ", "))
		talk.Tell("  export it: %s; its data is usually behind by: %s", stream.Cadence, orDash(stream.Lag))
		for i, step := range stream.Steps {
			talk.Tell("    %d. %s", i+1, step)
		}
		for _, limit := range stream.Limits {
			talk.Tell("  limit: %s", limit)
		}
		for _, trap := range stream.Traps {
			talk.Tell("  trap: %s", trap)
		}
	}
	return nil
}

// Profile tells what a file that no script reads looks like.
func Profile(out io.Writer, name string, p read.Profile, asJSON bool) error {
	if asJSON {
		return JSON(out, p)
	}
	talk := Talk{Out: out}
	about := ""
	if p.Kind != "" {
		about = ", probably about " + p.Kind
	}
	at := ""
	if p.Path != "" {
		at = " at " + p.Path
	}
	talk.Tell("%s: %s%s%s; of the first %d records:", name, p.Format, at, about, p.Records)
	for _, c := range p.Columns {
		talk.Tell("  %-40s %s", c.Name, strings.TrimSpace(c.Type+" "+c.Layout))
	}
	return nil
}
