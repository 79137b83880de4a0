package read

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// headerLines is how many lines a preamble may have.
const headerLines = 20

var delimiters = []string{",", "\t", ";", "|"}

// header is a located header.
type header struct {
	line    int // index among the lines looked at
	delim   string
	quoted  bool
	names   []string
	source  map[string]string
	extra   map[string]string
	labels  map[string]string
	fields  []string
	matched int
}

// Match tells how well a header fits a spec.
type Match struct {
	OK      bool
	Missing []string // required columns that are not there, for the line that has most of the others
	Matched int      // declared columns found
	Extra   int      // columns nobody declared
	Line    int      // 1-based
	// Labels are what the lines above the header say, Captured what a document says of its time of capture.
	Labels   map[string]string
	Captured string
}

// Score is higher the more of a file is declared.
func (m Match) Score() int { return m.Matched - m.Extra }

func (h *header) match(s Spec, lines []string) Match {
	return Match{OK: true, Matched: h.matched, Extra: len(h.extra), Line: h.line + 1, Labels: s.around(lines, h)}
}

// above reads the preamble: the first line the pattern fits.
func (s Spec) above(lines []string) map[string]string {
	labels := map[string]string{}
	if s.Preamble == nil {
		return labels
	}
	for _, line := range lines {
		if found, ok := named(s.Preamble, line); ok {
			return found
		}
	}
	return labels
}

// around is what the header and the lines above it say.
func (s Spec) around(lines []string, h *header) map[string]string {
	labels := s.above(lines[:h.line])
	maps.Copy(labels, h.labels)
	return labels
}

// named matches a pattern against a text without the space around it, and returns what its named groups
// hold.
func named(pattern *regexp.Regexp, text string) (groups map[string]string, ok bool) {
	m := pattern.FindStringSubmatch(strings.Trim(text, blank))
	if m == nil {
		return nil, false
	}
	groups = map[string]string{}
	for i, name := range pattern.SubexpNames() {
		if name != "" && m[i] != "" {
			groups[name] = m[i]
		}
	}
	return groups, true
}

// refused is a column that no file may have, or "".
func (s Spec) refused(names []string) string {
	for _, name := range names {
		for _, column := range s.Refuse {
			if key(column) == key(name) {
				return strings.TrimSpace(name)
			}
		}
	}
	return ""
}

func (s Spec) private(name string) error {
	if name == "" {
		return nil
	}
	return reject("private", "it holds %q: personal data never lands", name)
}

// locate finds the first line that holds every required column, under whichever delimiter; else it
// returns what the best line misses.
func (s Spec) locate(lines []string) (*header, []string) {
	var nearest []string
	best, declared := -1, s.declared()
	for i, line := range lines[:min(len(lines), headerLines)] {
		for _, delim := range delimiters {
			names, quoted := splitHeader(line, delim)
			h := declared.assign(names, delim, quoted)
			missing := s.missing(h)
			if len(missing) == 0 {
				h.line = i
				return h, nil
			}
			if h.matched > best {
				best, nearest = h.matched, missing
			}
		}
	}
	return nil, nearest
}

func (s Spec) missing(h *header) []string {
	var names []string
	for _, column := range s.Columns {
		if _, ok := h.source[column.Names[0]]; !ok && !column.Optional {
			names = append(names, column.Names[0])
		}
	}
	for _, some := range s.Some {
		if !slices.ContainsFunc(some, func(name string) bool { return h.source[name] != "" }) {
			names = append(names, strings.Join(some, " | "))
		}
	}
	return names
}

// required is how many columns a header must have.
func (s Spec) required() int {
	optional := func(c Column) bool { return c.Optional }
	return len(slices.DeleteFunc(slices.Clone(s.Columns), optional)) + len(s.Some)
}

// declaration tells which column a header is, for many of them.
type declaration struct {
	spelled  map[string]string // a spelling, compared as headers are → its column
	patterns []Column
}

func (s Spec) declared() declaration {
	d := declaration{spelled: map[string]string{}}
	for _, column := range s.Columns {
		for _, spelling := range column.Names {
			if k := key(spelling); d.spelled[k] == "" {
				d.spelled[k] = column.Names[0]
			}
		}
		if len(column.Patterns) > 0 {
			d.patterns = append(d.patterns, column)
		}
	}
	return d
}

// column is the declared column that a header is, and what the header says besides.
func (d declaration) column(header string) (name string, labels map[string]string) {
	if name = d.spelled[key(header)]; name != "" {
		return name, nil
	}
	for _, column := range d.patterns {
		for _, pattern := range column.Patterns {
			if labels, ok := named(pattern, header); ok {
				return column.Names[0], labels
			}
		}
	}
	return "", nil
}

// assign says which declared column each name of a header is.
func (d declaration) assign(names []string, delim string, quoted bool) *header {
	h := &header{
		delim: delim, quoted: quoted, names: names,
		source: map[string]string{}, extra: map[string]string{}, labels: map[string]string{},
	}
	for i, name := range names {
		field := "c" + strconv.Itoa(i)
		h.fields = append(h.fields, field)
		column, labels := d.column(name)
		if _, twice := h.source[column]; column != "" && !twice {
			h.source[column] = field
			h.matched++
			maps.Copy(h.labels, labels)
			continue
		}
		if key(name) != "" {
			h.extra[strings.TrimSpace(name)] = field
		}
	}
	return h
}

// doubled is a header name that occurs twice; which of the two is meant nobody can tell.
func (h *header) doubled() string {
	seen := map[string]bool{}
	for _, name := range h.names {
		if k := key(name); k != "" {
			if seen[k] {
				return strings.TrimSpace(name)
			}
			seen[k] = true
		}
	}
	return ""
}

// splitHeader splits one line; it is quoted when one of its fields is.
func splitHeader(line, delim string) (names []string, quoted bool) {
	line = strings.TrimPrefix(line, "\ufeff")
	for {
		if strings.HasPrefix(line, `"`) {
			if end := closingQuote(line); end > 0 && (end == len(line) || strings.HasPrefix(line[end:], delim)) {
				names = append(names, strings.ReplaceAll(line[1:end-1], `""`, `"`))
				quoted = true
				if end == len(line) {
					return names, quoted
				}
				line = line[end+len(delim):]
				continue
			}
		}
		name, rest, more := strings.Cut(line, delim)
		names = append(names, name)
		if !more {
			return names, quoted
		}
		line = rest
	}
}

// closingQuote is the position after the quote that closes a field beginning with one; 0 if none does.
func closingQuote(s string) int {
	for i := 1; i < len(s); i++ {
		if s[i] != '"' {
			continue
		}
		if i+1 < len(s) && s[i+1] == '"' {
			i++
			continue
		}
		return i + 1
	}
	return 0
}

// missingColumns is the refusal of a file whose header is not the stream's.
func (s Spec) missingColumns(lines, missing []string) error {
	first := ""
	for _, line := range lines {
		if strings.TrimSpace(line) != "" {
			first = line
			break
		}
	}
	if len(first) > 200 {
		first = first[:200] + "…"
	}
	if len(missing) == s.required() {
		return reject("columns", "the header is not found in the first %d lines; it begins: %q", headerLines, first)
	}
	return reject("columns", "the header lacks %s", strings.Join(quoteAll(missing), ", "))
}

func quoteAll(names []string) []string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = fmt.Sprintf("%q", name)
	}
	return quoted
}
