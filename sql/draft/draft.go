package draft

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"bedrot/sql/duck"
	"bedrot/sql/read"
)

// Files of a draft, by their path below the root of the repository or of a lake.
type Files map[string]string

var notName = regexp.MustCompile(`[^a-z0-9]+`)

// Name makes a name for a source, stream or column out of any text.
func Name(text string) string {
	name := strings.Trim(notName.ReplaceAllString(strings.ToLower(text), "_"), "_")
	if name == "" || !unicode.IsLetter(rune(name[0])) {
		name = strings.TrimSuffix("x_"+name, "_")
	}
	return name
}

// Source drafts a source of one stream out of the profile of its first file: a raw script that reads
// every column, the declaration in Go, and a case with the file's first records, masked.
func Source(p read.Profile, source, stream, file string) (Files, error) {
	day := slices.IndexFunc(p.Columns, func(c read.ProfileColumn) bool { return c.Type == "day" || c.Type == "time" })
	base := path.Join("testdata", source, "a_first_export_is_read")
	sample, err := excerpt(p, NewMask())
	if err != nil {
		return nil, err
	}
	return Files{
		path.Join("sql", source, "10_raw_"+stream+".sql"):         rawScript(p, source, day),
		path.Join("extract", "source_"+source+".go"):              declaration(source, stream, p),
		path.Join(base, "landing", source, stream, "main", file):  sample,
		path.Join(base, "want", "raw."+source+"__"+stream+".csv"): wanted(p),
	}, nil
}

// names are the columns of the raw table; those of one name are told apart by a number.
func names(p read.Profile) []string {
	taken := map[string]int{"account": 1, "month": 1, "captured_on": 1}
	all := make([]string, len(p.Columns))
	for i, c := range p.Columns {
		name := Name(c.Name)
		if taken[name]++; taken[name] > 1 {
			name = fmt.Sprintf("%s_%d", name, taken[name])
		}
		all[i] = name
	}
	return all
}

func rawScript(p read.Profile, source string, day int) string {
	var b, declared strings.Builder
	for i, c := range p.Columns {
		if i > 0 {
			declared.WriteString(", ")
		}
		declared.WriteString(duck.Ident(c.Name))
	}
	partition := "account, month, captured_on"
	if day >= 0 {
		partition = "account, month, " + names(p)[day]
	}
	fmt.Fprintf(&b, "-- One row per … of an export of %s, as text.\n-- format: %s\n-- columns: %s\n", source, p.Format, declared.String())
	if p.Format == "json" {
		fmt.Fprintf(&b, "-- records: %s\n", p.Path)
	}
	fmt.Fprintf(&b, "-- partition: %s\n-- fresh: 3d\n--\n-- Drafted from a file", partition)
	if p.Kind != "" {
		fmt.Fprintf(&b, ", probably about %s", p.Kind)
	}
	b.WriteString(". Say what one row is, which columns are optional ([in brackets]), and\n-- what surprised you in this format. Found in its columns:\n")
	for _, c := range p.Columns {
		fmt.Fprintf(&b, "--   %s: %s %s\n", c.Name, c.Type, c.Layout)
	}
	b.WriteString("select\n")
	value := func(i int) string {
		if p.Format == "json" {
			return "record->>" + duck.Literal(p.Columns[i].Name)
		}
		return duck.Ident(p.Columns[i].Name)
	}
	asDay := func(i int) string {
		return "try_strptime(trim(" + value(i) + "), " + duck.Literal(p.Columns[i].Layout) + ")::date"
	}
	for i, name := range names(p) {
		if i == day {
			fmt.Fprintf(&b, "    %s as %s,\n    month_of(%s) as month,\n", asDay(i), name, asDay(i))
			continue
		}
		fmt.Fprintf(&b, "    %s as %s,\n", value(i), name)
	}
	if day < 0 {
		b.WriteString("    strftime(_as_of, '%Y-%m') as month,\n    _as_of::date as captured_on,\n")
	}
	var reasons []string
	for i, c := range p.Columns {
		switch c.Type {
		case "day", "time":
			reasons = append(reasons, fmt.Sprintf("        when %s is null then %s", asDay(i), duck.Literal(c.Name+" is no date ("+c.Layout+")")))
		case "whole number":
			reasons = append(reasons, fmt.Sprintf("        when known(%s) is not null and try_cast(replace(%s, ',', '') as bigint) is null then %s", value(i), value(i), duck.Literal(c.Name+" is not a whole number")))
		}
	}
	if len(reasons) == 0 {
		b.WriteString("    null::varchar as reject_reason\nfrom landing\n")
		return b.String()
	}
	fmt.Fprintf(&b, "    case\n%s\n    end as reject_reason\nfrom landing\n", strings.Join(reasons, "\n"))
	return b.String()
}

func declaration(source, stream string, p read.Profile) string {
	about := p.Kind
	if about == "" {
		about = "say what"
	}
	return fmt.Sprintf(`package extract

// %[1]s is … (say what the source knows better than any other, in a sentence).
func %[1]s() Source {
	return Source{
		Name:  %[1]q,
		Title: %[1]q,
		Doc:   "What the source knows (%[3]s), and how its files are obtained.",
		Streams: []Stream{
			{Name: %[2]q, Doc: "which page, button or call gives it", Cadence: "weekly", Lag: "about 2 days", Manual: true, Steps: []string{"bedrot run"}},
		},
	}
}
`, source, stream, about)
}

// excerpt is the profile's first records as a small file.
func excerpt(p read.Profile, m *Mask) (string, error) {
	if p.Format == "json" {
		var records []map[string]string
		for _, row := range p.Sample {
			record := map[string]string{}
			for i, c := range p.Columns {
				if row[i] != "" {
					record[c.Name] = m.Value(c.Name, row[i])
				}
			}
			records = append(records, record)
		}
		return nested(p.Path, records)
	}
	var b strings.Builder
	w := csv.NewWriter(&b)
	if p.Layout.Delim != "" {
		w.Comma = rune(p.Layout.Delim[0])
	}
	header := make([]string, len(p.Columns))
	for i, c := range p.Columns {
		header[i] = c.Name
	}
	if err := w.Write(header); err != nil {
		return "", err
	}
	for _, row := range p.Sample {
		if err := w.Write(masked(p, m, row)); err != nil {
			return "", err
		}
	}
	w.Flush()
	return b.String(), w.Error()
}

func masked(p read.Profile, m *Mask, row []string) []string {
	values := make([]string, len(p.Columns))
	for i, c := range p.Columns {
		if i < len(row) {
			values[i] = m.Value(c.Name, row[i])
		}
	}
	return values
}

func nested(at string, records []map[string]string) (string, error) {
	var document any = records
	if at == "$" {
		document = records[0]
	}
	steps := strings.Split(strings.TrimSuffix(at, "[]"), ".")
	for _, step := range slices.Backward(steps) {
		if step != "" && step != "$" {
			document = map[string]any{step: document}
		}
	}
	text, err := json.MarshalIndent(document, "", " ")
	return string(text) + "\n", err
}

// wanted is what the sample becomes: one row each, in the columns that stay text.
func wanted(p read.Profile) string {
	m := NewMask()
	var b strings.Builder
	w := csv.NewWriter(&b)
	header := []string{"account", "_row"}
	var columns []int
	for i, c := range p.Columns {
		if c.Type == "day" || c.Type == "time" {
			continue
		}
		columns = append(columns, i)
		header = append(header, names(p)[i])
	}
	_ = w.Write(header)
	for n, row := range p.Sample {
		values := masked(p, m, row)
		line := []string{"main", fmt.Sprint(n + 1)}
		for _, i := range columns {
			line = append(line, values[i])
		}
		_ = w.Write(line)
	}
	w.Flush()
	return b.String()
}
