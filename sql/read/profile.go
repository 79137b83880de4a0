package read

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

// Profile is what can be told of a file that nobody described.
type Profile struct {
	Format  string          `json:"format"` // csv or json
	Layout  Layout          `json:"-"`
	Records int             `json:"records"`        // looked at
	Path    string          `json:"path,omitempty"` // of JSON: where the records are
	Columns []ProfileColumn `json:"columns"`        // in the file's order; of JSON, by name
	Kind    string          `json:"kind,omitempty"` // what it is probably about
	Sample  [][]string      `json:"-"`              // the first records, by column
	Above   []string        `json:"-"`              // lines above the header
}

// ProfileColumn is a column and what all its values are.
type ProfileColumn struct {
	Name string `json:"name"`
	// Type is day, month, time, whole number, decimal, percent, id, text or empty; unknown words apart.
	Type   string `json:"type"`
	Layout string `json:"layout,omitempty"` // of a day, month or time, as strptime wants it
}

// profiled is how many records a profile looks at, and sampled of them kept.
const profiled, kept = 1000, 5

// ProfileOf looks at a member that no script reads. ok is false when it is no table and no records.
func ProfileOf(ctx context.Context, m Member) (p Profile, ok bool, err error) {
	s, err := Sniff(m)
	if err != nil {
		return p, false, err
	}
	switch s.Kind {
	case KindJSON:
		p, ok, err = profileJSON(ctx, m, s)
	case KindDelimited:
		p, ok, err = profileDelimited(ctx, m, s)
	case KindSheet:
		p, ok, err = profileSheet(ctx, m)
	}
	if ok {
		p.Kind = likelyKind(p.Columns)
	}
	return p, ok, err
}

// guessHeader is the first line that several columns begin under: names without digits, as many as the
// values of the next line.
func guessHeader(lines []string) *header {
	for i := range min(len(lines)-1, headerLines) {
		var best *header
		for _, delim := range delimiters {
			head, quoted := splitHeader(lines[i], delim)
			h := declaration{}.assign(head, delim, quoted)
			names, _ := splitHeader(lines[i+1], delim)
			if len(h.names) < 2 || len(names) != len(h.names) || slices.ContainsFunc(h.names, func(name string) bool { return valueType(name) != "text" }) {
				continue
			}
			if best == nil || len(h.names) > len(best.names) {
				h.line, best = i, h
			}
		}
		if best != nil {
			return best
		}
	}
	return nil
}

func profileDelimited(ctx context.Context, m Member, s Sniffed) (p Profile, ok bool, err error) {
	h := guessHeader(s.Lines)
	if h == nil {
		return p, false, nil
	}
	in, closer, err := openText(m, s.Encoding)
	if err != nil {
		return p, false, err
	}
	defer func() { _ = closer.Close() }()
	p = Profile{Format: "csv", Layout: Layout{Encoding: s.Encoding, BOM: s.BOM, Delim: h.delim, HeaderLine: h.line + 1, Quoted: h.quoted}, Above: s.Lines[:h.line]}
	records := newRecordReader(ctx, in, h, Limits{}.withDefaults().MaxRecordBytes)
	t := newTypes(h.names)
	for p.Records < profiled {
		rec, err := records.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return p, false, err
		}
		if rec.problem == "" {
			p.Records++
			t.add(rec.fields)
		}
	}
	p.Columns, p.Sample = t.columns(), t.sample
	return p, p.Records > 0, nil
}

func profileSheet(ctx context.Context, m Member) (p Profile, ok bool, err error) {
	book, err := excelize.OpenFile(m.Path)
	if err != nil {
		return p, false, nil //nolint:nilerr // a damaged workbook has no profile
	}
	defer func() { err = errors.Join(err, book.Close()) }()
	for _, sheet := range book.GetSheetList() {
		lines, err := sheetHead(book, sheet)
		if err != nil {
			return p, false, nil //nolint:nilerr // see above
		}
		for i := range max(0, len(lines)-1) {
			if len(lines[i]) < 2 || len(lines[i+1]) < 2 || slices.ContainsFunc(lines[i], func(name string) bool { return valueType(name) != "text" }) {
				continue
			}
			h := declaration{}.assign(lines[i], ",", false)
			h.line = i
			p = Profile{Format: "csv", Layout: Layout{Encoding: UTF8, Delim: ",", HeaderLine: i + 1}}
			t := newTypes(h.names)
			err := eachSheetRow(ctx, book, sheet, h, func(_ int, cells []string) error {
				if p.Records++; p.Records > profiled {
					return errEnough
				}
				t.add(cells)
				return nil
			})
			if err != nil && !errors.Is(err, errEnough) {
				return p, false, err
			}
			p.Columns, p.Sample = t.columns(), t.sample
			return p, p.Records > 0, nil
		}
	}
	return p, false, nil
}

// profileJSON takes the longest list of objects for the records.
func profileJSON(_ context.Context, m Member, s Sniffed) (p Profile, ok bool, err error) {
	in, closer, err := openText(m, s.Encoding)
	if err != nil {
		return p, false, err
	}
	defer func() { _ = closer.Close() }()
	w := &walker{decoder: json.NewDecoder(io.LimitReader(in, maxDocument))}
	w.decoder.UseNumber()
	value, _, err := w.value(0)
	if err != nil {
		return p, false, nil //nolint:nilerr // what is no JSON has no profile
	}
	path, records := longest(value, "")
	if len(records) == 0 {
		if record, isObject := value.(map[string]any); isObject {
			path, records = "$", []map[string]any{record}
		}
	}
	var names []string
	for _, record := range records {
		for name := range record {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	t := newTypes(names)
	for _, record := range records[:min(len(records), profiled)] {
		row := make([]string, len(names))
		for i, name := range names {
			if text, isText := record[name].(string); isText {
				row[i] = text
			} else if record[name] != nil {
				row[i], _ = encode(record[name])
			}
		}
		t.add(row)
	}
	return Profile{Format: "json", Records: min(len(records), profiled), Path: path, Columns: t.columns(), Sample: t.sample, Layout: Layout{Encoding: s.Encoding}}, len(records) > 0, nil
}

func longest(value any, path string) (best string, records []map[string]any) {
	switch value := value.(type) {
	case []any:
		var own []map[string]any
		for _, item := range value {
			if object, ok := item.(map[string]any); ok {
				own = append(own, object)
			}
		}
		return path + "[]", own
	case map[string]any:
		for _, name := range sortedKeys(value) {
			at := name
			if path != "" {
				at = path + "." + name
			}
			if found, list := longest(value[name], at); len(list) > len(records) {
				best, records = found, list
			}
		}
	}
	return best, records
}

func sortedKeys(object map[string]any) []string {
	names := make([]string, 0, len(object))
	for name := range object {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// types narrows what every value of each column is.
type types struct {
	names  []string
	kinds  []map[string]int
	layout []string
	sample [][]string
}

func newTypes(names []string) *types {
	t := &types{names: names, layout: make([]string, len(names))}
	for range names {
		t.kinds = append(t.kinds, map[string]int{})
	}
	return t
}

func (t *types) add(values []string) {
	if len(t.sample) < kept {
		t.sample = append(t.sample, slices.Clone(values))
	}
	for i := range t.names {
		if i >= len(values) {
			continue
		}
		value := strings.TrimSpace(values[i])
		if noValue.MatchString(value) {
			continue
		}
		kind := valueType(value)
		t.kinds[i][kind]++
		if t.layout[i] == "" {
			t.layout[i], _ = timeLayout(value)
		}
	}
}

func (t *types) columns() []ProfileColumn {
	columns := make([]ProfileColumn, len(t.names))
	for i, name := range t.names {
		c := ProfileColumn{Name: strings.Trim(name, " \t\u00a0\ufeff\r\n"), Type: "empty"}
		for _, kind := range []string{"day", "month", "time", "id", "whole number", "percent", "decimal", "text"} { // the last that occurs says it
			if t.kinds[i][kind] > 0 {
				c.Type = kind
			}
		}
		if dated := c.Type == "day" || c.Type == "month" || c.Type == "time"; dated {
			c.Layout = t.layout[i]
			if len(t.kinds[i]) > 1 {
				c.Type, c.Layout = "text", ""
			}
		} else if t.kinds[i]["day"]+t.kinds[i]["month"]+t.kinds[i]["time"] > 0 {
			c.Type = "text"
		}
		columns[i] = c
	}
	return columns
}

var (
	noValue  = regexp.MustCompile(`(?i)^(|-+|n/?a|nan|null|none|undefined|#[a-z/0-9]+[!?]?)$`)
	idText   = regexp.MustCompile(`^(\d{12,14}|\d{16,}|[A-Z]{2}-?[A-Z0-9]{3}-?\d{2}-?\d{5})$`)
	wholeNum = regexp.MustCompile(`^[+-]?(\d{1,18}|\d{1,3}([,. \x{00a0}\x{202f}]\d{3})+)$`)
	decimals = regexp.MustCompile(`^[+-]?[$€£]?\d[\d,. \x{00a0}\x{202f}]*[.,]\d+(E[+-]?\d+)?$`)
	percents = regexp.MustCompile(`^[+-]?\d+([.,]\d+)?\s?%$`)
	layouts  = []struct{ goes, strptime, kind string }{
		{"2006-01-02", "%Y-%m-%d", "day"},
		{"2006/01/02", "%Y/%m/%d", "day"},
		{"20060102", "%Y%m%d", "day"},
		{"1/2/2006", "%m/%d/%Y", "day"},
		{"02.01.2006", "%d.%m.%Y", "day"},
		{"Jan 2, 2006", "%b %d, %Y", "day"},
		{"2006-01", "%Y-%m", "month"},
		{"Jan-06", "%b-%y", "month"},
		{"January 2006", "%B %Y", "month"},
		{time.DateTime, "%Y-%m-%d %H:%M:%S", "time"},
		{"2006-01-02T15:04:05", "%Y-%m-%dT%H:%M:%S", "time"},
		{time.RFC3339, "%Y-%m-%dT%H:%M:%S%z", "time"},
		{"2006-01-02T15:04:05-0700", "%Y-%m-%dT%H:%M:%S%z", "time"},
		{"1/2/2006 3:04:05 PM", "%m/%d/%Y %I:%M:%S %p", "time"},
	}
)

func timeLayout(value string) (strptime, kind string) {
	for _, l := range layouts {
		if at, err := time.Parse(l.goes, value); err == nil && at.Year() > 1990 && at.Year() < 2100 {
			return l.strptime, l.kind
		}
	}
	return "", ""
}

func valueType(value string) string {
	if _, kind := timeLayout(value); kind != "" {
		return kind
	}
	switch {
	case idText.MatchString(value):
		return "id"
	case wholeNum.MatchString(value):
		return "whole number"
	case percents.MatchString(value):
		return "percent"
	case decimals.MatchString(value):
		return "decimal"
	}
	return "text"
}

// kindWords are what exports are about, and the words that their columns are named by; a telling word
// weighs as much as two others.
var kindWords = []struct {
	kind           string
	telling, words *regexp.Regexp
}{
	{"royalties", regexp.MustCompile(`(?i)royalt|earning|payable|statement`), regexp.MustCompile(`(?i)net (amount|sales|revenue)|\bis[rw]c\b|\bupc\b|barcode|store|revenue|units|territory|quantity|paid`)},
	{"streams", regexp.MustCompile(`(?i)\bstreams?\b`), regexp.MustCompile(`(?i)\bplays\b|listeners|playlist|saves`)},
	{"ads", regexp.MustCompile(`(?i)spen[dt]|ad ?set|ad name`), regexp.MustCompile(`(?i)impressions|\bcpc\b|\bcpm\b|\bctr\b|campaign|conversions|reach|clicks`)},
	{"social", regexp.MustCompile(`(?i)followers|\bposts?\b`), regexp.MustCompile(`(?i)\blikes?\b|comments?|shares?|profile|video views|\bviews\b|subscribers`)},
	{"email", regexp.MustCompile(`(?i)unsubscri|open rate`), regexp.MustCompile(`(?i)\bopens?\b|bounces?|subject|recipients|deliver`)},
}

// likelyKind is the kind most columns speak of; "" when they say too little.
func likelyKind(columns []ProfileColumn) string {
	best, most := "", 1
	for _, k := range kindWords {
		n := 0
		for _, c := range columns {
			if k.telling.MatchString(c.Name) {
				n += 2
			} else if k.words.MatchString(c.Name) {
				n++
			}
		}
		if n > most {
			best, most = k.kind, n
		}
	}
	return best
}

// String is the profile in a line.
func (p Profile) String() string {
	about := ""
	if p.Kind != "" {
		about = "probably about " + p.Kind + "; "
	}
	names := make([]string, 0, len(p.Columns))
	for i, c := range p.Columns {
		if i == 12 {
			names = append(names, fmt.Sprintf("and %d more", len(p.Columns)-i))
			break
		}
		names = append(names, c.Name+" ("+c.Type+")")
	}
	return about + p.Format + " with " + strings.Join(names, ", ")
}
