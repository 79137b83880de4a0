// Package script is the catalog of SQL scripts: one file, one table. It reads each file's header and
// name, finds the inputs on the parse tree, puts everything in order, and proves with DuckDB's own
// plans what may be built partition by partition. It writes nothing and reads no data.
package script

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"bedrot/sql/read"
	"bedrot/zones"
)

// Kind is what a script makes.
type Kind string

// The kinds of script; a file's place and band say which it is.
const (
	Raw         Kind = "raw"
	Staging     Kind = "staging"
	Curated     Kind = "curated"
	Feed        Kind = "feed"
	CheckScript Kind = "check"
	Macros      Kind = "macros"
)

// Script is one SQL file.
type Script struct {
	Kind   Kind
	Path   string // as people know it: sql/distrokid/10_raw_bank.sql
	Origin string // "" for the embedded ones, else the folder they came from
	Table  string // zone.table; the check's name for a check
	Source string // the folder
	Entity string // the stream, for a raw script
	SQL    string // the whole file
	Hash   string // of the file, the macros and, for a feed's readers, the feed's members
	Header Header

	Inputs  []string // tables and feeds it reads, sorted
	Columns []zones.Column
	// RunDate is set when the script asks for getvariable('run_date').
	RunDate bool
	// Narrow is set when partitions were proved to be buildable alone; WhyNot says why not.
	Narrow bool
	WhyNot string
	// NarrowBy are the partition columns that its partitioned inputs have, too: what changed in one of
	// their values is built anew, in all partitions that have it.
	NarrowBy []string
	// Members of a feed: the staging tables that feed it.
	Members []string
	// Links tie the script's columns to those of its inputs; found by LoadLinked.
	Links map[string][]Link
	// Disabled says why a script of LAKE/sql, or one that reads it, does not take part.
	Disabled error

	// MoneySource is the landing column a raw script's money column stands for.
	MoneySource string
	// Carrying is a raw script as the engine runs it: with the engine's columns of landing passed through.
	Carrying string
	tree     map[string]any
}

// LastColumn is the column of landing that a raw script's `last:` adds.
const LastColumn = "_last"

// Spec is what the readers need to know of a raw script's files.
func (s *Script) Spec() read.Spec {
	h := s.Header
	return read.Spec{
		Format: h.Format, Columns: h.Columns, Some: h.Some, Records: h.Records, Money: s.MoneySource,
		Preamble: h.Preamble, Captured: h.Captured, Refuse: h.Refuse, Last: h.Last, Empty: h.Empty,
	}
}

// partition is the header's; a raw table's begins with the account.
func (s *Script) partition() []string {
	if s.Kind != Raw {
		return s.Header.Partition
	}
	rest := slices.DeleteFunc(slices.Clone(s.Header.Partition), func(name string) bool { return name == "account" })
	return append([]string{"account"}, rest...)
}

// Column returns a column by name.
func (s *Script) Column(name string) (zones.Column, bool) {
	for _, column := range s.Columns {
		if column.Name == name {
			return column, true
		}
	}
	return zones.Column{}, false
}

// Hidden reports whether a column only traces a row and is no part of what the row says.
func Hidden(name string) bool { return name == "_drop" || name == "_file" || name == "_row" }

// Told is the script's columns that count in a fingerprint.
func (s *Script) Told() []string {
	var names []string
	for _, column := range s.Columns {
		if !Hidden(column.Name) {
			names = append(names, column.Name)
		}
	}
	return names
}

// Names of all columns, in order.
func (s *Script) Names() []string {
	names := make([]string, len(s.Columns))
	for i, column := range s.Columns {
		names[i] = column.Name
	}
	return names
}

// CaptureGroup is what a file pattern calls the part of a name that says when the file was captured: an
// epoch in seconds or milliseconds, or a date and time.
const CaptureGroup = "as_of"

// Labels are the columns of landing that a raw script's patterns for names and preambles hold.
func (s *Script) Labels() []string {
	var names []string
	patterns := s.Header.Files
	if s.Header.Preamble != nil {
		patterns = append(slices.Clone(patterns), s.Header.Preamble)
	}
	for _, pattern := range patterns {
		for _, name := range pattern.SubexpNames() {
			if name != "" && name != CaptureGroup && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// HeaderLabels are the columns of landing that the patterns of a raw script's columns hold.
func (s *Script) HeaderLabels() []string {
	var names []string
	for _, column := range s.Header.Columns {
		for _, pattern := range column.Patterns {
			for _, name := range pattern.SubexpNames() {
				if name != "" && !slices.Contains(names, name) {
					names = append(names, name)
				}
			}
		}
	}
	return names
}

// NeededLabels are the labels without those that one pattern for names holds and another does not: a
// name of that form need not say them.
func (s *Script) NeededLabels() []string {
	return slices.DeleteFunc(s.Labels(), func(name string) bool {
		holds := func(p *regexp.Regexp) bool { return p.SubexpIndex(name) >= 0 }
		lacks := func(p *regexp.Regexp) bool { return !holds(p) }
		return slices.ContainsFunc(s.Header.Files, holds) && slices.ContainsFunc(s.Header.Files, lacks)
	})
}

var recordColumn = regexp.MustCompile(`\(\?P?<(\w+)>|\{(\w+)[=}]`)

// RecordColumns are the columns of landing that a raw script's records expression names.
func (s *Script) RecordColumns() []string {
	var names []string
	for _, m := range recordColumn.FindAllStringSubmatch(s.Header.Records, -1) {
		if name := m[1] + m[2]; !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// Problem is one fault in a script, with its place.
type Problem struct {
	Path string
	Line int
	Text string
}

func (p Problem) String() string {
	if p.Line > 0 {
		return fmt.Sprintf("%s:%d: %s", p.Path, p.Line, p.Text)
	}
	return p.Path + ": " + p.Text
}

// Problems is everything wrong with a catalog, told at once.
type Problems []Problem

func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, problem := range p {
		lines[i] = problem.String()
	}
	return strings.Join(lines, "\n")
}

// Code is the kind of error this is.
func (p Problems) Code() string { return "script_broken" }

// Hint is the next step.
func (p Problems) Hint() string { return "correct the scripts, then: bedrot test" }

var (
	tableFile = regexp.MustCompile(`^([123]\d)_(raw|staging|curated)_([a-z][a-z0-9_]*)\.sql$`)
	checkFile = regexp.MustCompile(`^9\d_check_([a-z][a-z0-9_]*)\.sql$`)
	plainFile = regexp.MustCompile(`^([a-z][a-z0-9_]*)\.sql$`)
	bands     = map[byte]Kind{'1': Raw, '2': Staging, '3': Curated}
)

// newScript reads what a file's path says.
func newScript(folder, name string) (*Script, error) {
	s := &Script{Source: folder}
	if m := tableFile.FindStringSubmatch(name); m != nil {
		s.Kind, s.Entity = Kind(m[2]), m[3]
		if bands[m[1][0]] != s.Kind {
			return nil, fmt.Errorf("band %s does not fit zone %s: 10 is raw, 20 staging, 30 curated", m[1], m[2])
		}
		s.Table = string(s.Kind) + "." + folder + "__" + s.Entity
		if s.Kind == Curated {
			s.Table = "curated." + s.Entity
		}
		return s, nil
	}
	if m := checkFile.FindStringSubmatch(name); m != nil {
		s.Kind, s.Table = CheckScript, folder+"/"+m[1]
		return s, nil
	}
	if m := plainFile.FindStringSubmatch(name); m != nil && folder == "feeds" {
		s.Kind, s.Entity, s.Table = Feed, m[1], "feeds."+m[1]
		return s, nil
	}
	if folder == "shared" && plainFile.MatchString(name) {
		s.Kind, s.Table = Macros, "shared/"+name
		return s, nil
	}
	return nil, fmt.Errorf("not a script's name: NN_raw_x.sql, NN_staging_x.sql, NN_curated_x.sql, 90_check_x.sql, or x.sql in feeds/ or shared/")
}
