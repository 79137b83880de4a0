package script

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"bedrot/sql/read"
)

// Header is what a script's leading comment declares. The first line is the grain, then come
// `name: value` lines up to an empty comment line; what follows is for people.
type Header struct {
	Grain string

	// Of raw scripts.
	Format     string
	Columns    []read.Column
	Some       [][]string       // of optional columns: a file has at least one of each list
	Files      []*regexp.Regexp // named groups become columns of landing
	Records    string
	Money      string         // the output column that holds money
	Shrink     float64        // share of rows a newer drop may take away before it is held
	MaxRejects float64        // share of rows that may be rejected before the drop is held
	Fresh      int            // usual lag in days; -1 is unknown
	Preamble   *regexp.Regexp // of the lines above a header; named groups become columns of landing
	Captured   string         // path of the time of capture in a document
	Refuse     []string       // keys or columns of personal data that keep a file from landing
	Identity   string         // the output column that says whose account the file is of
	Pages      string         // the partition column that tells the lines of a day apart, where answers come in pages
	Last       string         // the column whose value in a file's last record each of its rows is told, as _last
	Empty      bool           // empty: allowed; a header without rows is an answer
	Untold     string         // the output column that says a row tells nothing: it takes no told row's place

	// Of scripts below raw; Partition is also raw's.
	Partition   []string
	Key         []string // nil with KeyNone
	KeyNone     bool
	Checks      []Check
	MinRows     int64 // rows: >= n
	Feeds       string
	Export      string
	Docs        map[string]string // column descriptions
	Incremental bool              // incremental: required

	// Of 90_check scripts.
	Severity string // error or warn
}

// Check is one `check:` line: a boolean SQL expression that no row may make false.
type Check struct {
	Expr string
	Warn bool
}

// Name is the check's name in meta.checks.
func (c Check) Name() string { return "check: " + c.Expr }

// field is one `name: value` line.
type field struct {
	name, value string
	line        int
}

// headerError is a fault in a header.
type headerError struct {
	line int
	text string
}

var (
	fieldPattern   = regexp.MustCompile(`^(column [^:]+|check warn|[a-z_]+):\s*(.*)$`)
	continuation   = regexp.MustCompile(`^\s{2,}\S`)
	repeatableKeys = map[string]bool{"file": true, "some": true, "check": true, "check warn": true}
	rawKeys        = "format columns some file preamble records captured identity last empty untold refuse partition pages money shrink max_rejects fresh"
	derivedKeys    = "partition key check rows feeds export column incremental"
	checkKeys      = "severity"
	feedKeys       = "column"
	allowedKeys    = map[Kind]string{Raw: rawKeys, Staging: derivedKeys, Curated: derivedKeys, CheckScript: checkKeys, Feed: feedKeys, Macros: ""}
)

// parseHeader reads the leading comment of a script. Every fault is returned, not only the first.
func parseHeader(text string, kind Kind) (Header, []headerError) {
	header := Header{Shrink: 0.10, MaxRejects: 0.01, Fresh: -1, Severity: "error", Docs: map[string]string{}}
	fields, faults := splitHeader(text, &header)
	seen := map[string]int{}
	for _, f := range fields {
		key, _, _ := strings.Cut(f.name, " ")
		if !contains(allowedKeys[kind], key) {
			faults = append(faults, headerError{f.line, fmt.Sprintf("unknown key %q in a %s script; known: %s", f.name, kind, allowedKeys[kind])})
			continue
		}
		if first, doubled := seen[f.name]; doubled && !repeatableKeys[f.name] {
			faults = append(faults, headerError{f.line, fmt.Sprintf("key %q is already on line %d", f.name, first)})
			continue
		}
		seen[f.name] = f.line
		if err := header.set(f); err != nil {
			faults = append(faults, headerError{f.line, fmt.Sprintf("%s: %v", f.name, err)})
		}
	}
	if _, set := seen["max_rejects"]; !set && header.Money != "" {
		header.MaxRejects = 0
	}
	for _, name := range slices.Concat(header.Some...) {
		if !slices.ContainsFunc(header.Columns, func(c read.Column) bool { return c.Names[0] == name }) {
			faults = append(faults, headerError{seen["some"], fmt.Sprintf("some: %s is no declared column", name)})
		}
	}
	if header.Grain == "" {
		faults = append(faults, headerError{1, "the first line must say what one row is: -- One row per …"})
	}
	return header, faults
}

func contains(words, word string) bool {
	for _, w := range strings.Fields(words) {
		if w == word {
			return true
		}
	}
	return false
}

// splitHeader separates grain and fields; a line indented by two or more continues the one above.
func splitHeader(text string, header *Header) ([]field, []headerError) {
	var fields []field
	var faults []headerError
	for i, line := range strings.Split(text, "\n") {
		comment, ok := strings.CutPrefix(strings.TrimRight(line, " \r"), "--")
		if !ok || comment == "" {
			break
		}
		if i == 0 {
			header.Grain = strings.TrimSpace(comment)
			continue
		}
		if continuation.MatchString(comment) && len(fields) > 0 {
			fields[len(fields)-1].value += " " + strings.TrimSpace(comment)
			continue
		}
		m := fieldPattern.FindStringSubmatch(strings.TrimSpace(comment))
		if m == nil {
			faults = append(faults, headerError{i + 1, "not a `name: value` line; free text begins after an empty -- line"})
			continue
		}
		fields = append(fields, field{name: m[1], value: strings.TrimSpace(m[2]), line: i + 1})
	}
	return fields, faults
}

func (h *Header) set(f field) (err error) {
	if doc, ok := strings.CutPrefix(f.name, "column "); ok {
		h.Docs[strings.TrimSpace(doc)] = f.value
		if f.value == "" {
			err = fmt.Errorf("the description is empty")
		}
		return err
	}
	switch f.name {
	case "format":
		h.Format, err = oneOf(f.value, "csv", "json", "html")
	case "columns":
		h.Columns, err = parseColumns(f.value)
	case "some":
		var names []string
		names, err = splitList(f.value)
		h.Some = append(h.Some, names)
	case "file":
		var pattern *regexp.Regexp
		pattern, err = regexp.Compile("^(?:" + f.value + ")$")
		h.Files = append(h.Files, pattern)
	case "preamble":
		h.Preamble, err = regexp.Compile("^(?:" + f.value + ")$")
	case "records":
		h.Records = f.value
	case "captured":
		h.Captured = f.value
	case "identity":
		h.Identity = f.value
	case "last":
		h.Last = unquote(f.value)
	case "empty":
		_, err = oneOf(f.value, "allowed")
		h.Empty = true
	case "untold":
		h.Untold = f.value
	case "refuse":
		h.Refuse, err = splitList(f.value)
	case "partition":
		h.Partition, err = splitList(f.value)
	case "pages":
		h.Pages = f.value
	case "money":
		h.Money = f.value
	case "shrink":
		h.Shrink, err = share(f.value)
	case "max_rejects":
		h.MaxRejects, err = share(f.value)
	case "fresh":
		_, err = fmt.Sscanf(f.value, "%dd", &h.Fresh)
	case "key":
		if f.value == "none" {
			h.KeyNone = true
		} else {
			h.Key, err = splitList(f.value)
		}
	case "check", "check warn":
		h.Checks = append(h.Checks, Check{Expr: f.value, Warn: f.name == "check warn"})
	case "rows":
		_, err = fmt.Sscanf(f.value, ">= %d", &h.MinRows)
	case "feeds":
		h.Feeds = f.value
	case "export":
		h.Export, err = oneOf(f.value, "yes")
	case "incremental":
		_, err = oneOf(f.value, "required")
		h.Incremental = true
	case "severity":
		h.Severity, err = oneOf(f.value, "error", "warn")
	}
	return err
}

func oneOf(value string, allowed ...string) (string, error) {
	for _, a := range allowed {
		if value == a {
			return value, nil
		}
	}
	return "", fmt.Errorf("%q is none of %s", value, strings.Join(allowed, ", "))
}

// share reads "1 %", "0" or "0.05".
func share(value string) (float64, error) {
	number, percent := strings.CutSuffix(value, "%")
	share, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if percent {
		share /= 100
	}
	if err != nil || share < 0 || share > 1 {
		return 0, fmt.Errorf("%q is no share: write 0, 1 %% or 0.01", value)
	}
	return share, nil
}

// splitList splits names at commas; a name that holds , [ ] or | stands in double quotes.
func splitList(value string) ([]string, error) {
	items, err := splitTop(value, ',')
	if err != nil {
		return nil, err
	}
	for i, item := range items {
		items[i] = unquote(item)
	}
	return items, nil
}

// parseColumns reads `A, [B], C | C as once spelled | "/C \((?P<unit>\w+)\)/"`.
func parseColumns(value string) ([]read.Column, error) {
	items, err := splitTop(value, ',')
	if err != nil {
		return nil, err
	}
	var columns []read.Column
	for _, item := range items {
		var column read.Column
		if strings.HasPrefix(item, "[") && strings.HasSuffix(item, "]") {
			column.Optional = true
			item = strings.TrimSpace(item[1 : len(item)-1])
		}
		names, err := splitTop(item, '|')
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			name = unquote(name)
			if len(name) < 3 || name[0] != '/' || name[len(name)-1] != '/' {
				column.Names = append(column.Names, name)
				continue
			}
			pattern, err := regexp.Compile("^(?i:" + name[1:len(name)-1] + ")$")
			if err != nil {
				return nil, err
			}
			column.Patterns = append(column.Patterns, pattern)
		}
		if len(column.Names) == 0 {
			return nil, fmt.Errorf("%s has no plain name to be called by", item)
		}
		columns = append(columns, column)
	}
	return columns, nil
}

func unquote(s string) string {
	if len(s) >= 2 && s[0] == '"' && s[len(s)-1] == '"' {
		return strings.ReplaceAll(s[1:len(s)-1], `""`, `"`)
	}
	return s
}

// splitTop splits at a separator outside double quotes and refuses empty items.
func splitTop(value string, separator byte) ([]string, error) {
	var items []string
	quoted, start := false, 0
	for i := 0; i <= len(value); i++ {
		if i < len(value) && value[i] == '"' {
			quoted = !quoted
		}
		if i == len(value) || value[i] == separator && !quoted {
			item := strings.TrimSpace(value[start:i])
			if item == "" {
				return nil, fmt.Errorf("empty name in %q", value)
			}
			items = append(items, item)
			start = i + 1
		}
	}
	if quoted {
		return nil, fmt.Errorf("a quote is not closed in %q", value)
	}
	return items, nil
}
