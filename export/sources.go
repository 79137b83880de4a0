package export

import (
	"io"
	"strings"

	"bedrot/sql/read"
)

// SourceInfo is a source with what the catalog knows of its streams.
type SourceInfo struct {
	Name    string       `json:"name"`
	Title   string       `json:"title"`
	Doc     string       `json:"doc"`
	Streams []StreamInfo `json:"streams"`
}

// StreamInfo is one stream of a source: what it gives, how it is exported by hand, what to know.
type StreamInfo struct {
	Name      string   `json:"name"`
	Doc       string   `json:"doc"`
	Cadence   string   `json:"cadence"`
	Lag       string   `json:"lag,omitempty"`
	FreshDays int      `json:"usual_lag_days"` // -1 when freshness is not judged
	Columns   []string `json:"columns"`
	Steps     []string `json:"steps"`
	Limits    []string `json:"limits"`
	Traps     []string `json:"traps"`
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
	for _, stream := range s.Streams {
		talk.Tell("\n%s/%s: %s", s.Name, stream.Name, stream.Doc)
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
