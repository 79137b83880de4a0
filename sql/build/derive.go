package build

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"bedrot/sql/duck"
	"bedrot/sql/read"
	"bedrot/sql/script"
	"bedrot/zones"
)

// DefaultLimits bound what one landed file may cost.
var DefaultLimits read.Limits

// parquetOptions are how every Parquet file is written.
const parquetOptions = "(format parquet, compression zstd, row_group_size 122880)"

// landed is one readable member of a drop.
type landed struct {
	table  read.Table
	labels map[string]string
	name   string
}

// makeRaw reads a drop's files through its raw script into one Parquet file, and proves that no record
// was lost: the reader's own count and sum must be DuckDB's.
func (r *run) makeRaw(ctx context.Context, s *script.Script, drop *zones.Drop) (*derived, error) {
	dir := r.scratch("read")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	d := &derived{ID: drop.ID, Account: drop.Account, drop: drop}
	for _, file := range drop.Files {
		d.BytesIn += file.Bytes
	}
	members, err := r.readFiles(ctx, s, drop, dir, d)
	var refused *read.Rejected
	if errors.As(err, &refused) {
		d.Refused.Code, d.Refused.Line, d.Refused.Why = "file_"+refused.Code, refused.Line, refused.Reason
		return d, nil
	}
	if err != nil {
		return nil, err
	}
	d.File = r.scratch("raw.parquet")
	if err := removeIfThere(d.File); err != nil {
		return nil, err
	}
	err = r.copyRaw(ctx, s, drop, members, d)
	if err == nil {
		err = r.measureRaw(ctx, s, members, d)
	}
	if err == nil {
		err = d.reconcile()
	}
	if why := unreadable(err); why != "" {
		names := make([]string, len(members))
		for i, m := range members {
			names[i] = m.name
		}
		d.Refused = &refusal{Code: "file_unreadable_rows", File: strings.Join(names, ", "), Why: why}
		d.File, d.Parts, d.Reasons, d.Money, d.Members, d.Records, d.Rejected = "", nil, nil, nil, nil, 0, 0
		return d, nil
	}
	return d, err
}

// mismatch says that two independent counts of the same file differ.
type mismatch struct{ text string }

func (m *mismatch) Error() string { return m.text }

// unreadable tells a file that cannot be read as it stands, which is refused, from a failing machine,
// which is an error.
func unreadable(err error) string {
	var differs *mismatch
	var refusal *duck.Error
	if errors.As(err, &differs) {
		return differs.text
	}
	if errors.As(err, &refusal) {
		message := refusal.Message()
		if strings.HasPrefix(message, "Invalid Input Error") || strings.HasPrefix(message, "Conversion Error") {
			return message
		}
	}
	return ""
}

func removeIfThere(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// readFiles opens every file of the drop. The first that cannot be what the stream's files are refuses
// the drop; inside an archive, files of another kind are passed over as long as one fits.
func (r *run) readFiles(ctx context.Context, s *script.Script, drop *zones.Drop, dir string, d *derived) ([]landed, error) {
	var members []landed
	for _, file := range drop.Files {
		d.Refused = &refusal{File: file.Name}
		path, err := r.Lake.Original(ctx, drop, file, dir)
		if err != nil {
			return nil, err
		}
		expanded, err := read.Expand(ctx, path, file.Name, dir, r.Limits)
		if err != nil {
			return nil, err
		}
		fitting := 0
		var misfit error
		for _, m := range expanded {
			if len(expanded) > 1 {
				other, err := r.fitsBetter(ctx, s, m)
				if err != nil {
					return nil, err
				}
				if other {
					misfit = &read.Rejected{Code: "columns", Reason: m.Name + " is of another stream"}
					continue
				}
			}
			table, err := read.Prepare(ctx, m, s.Spec(), dir, r.Limits)
			var refused *read.Rejected
			if errors.As(err, &refused) && len(expanded) > 1 {
				misfit = err
				if known, err := r.otherStream(ctx, s, m); err != nil || !known {
					d.Warnings = append(d.Warnings, m.Name+": passed over: "+refused.Reason)
				}
				continue
			}
			if err != nil {
				d.Refused.File = m.Name
				return nil, err
			}
			fitting++
			members = append(members, landed{table: table, name: m.Name, labels: labels(s, drop, m.Name, table.Labels)})
		}
		if fitting == 0 {
			return nil, misfit
		}
	}
	d.Refused = nil
	return members, nil
}

// otherStream reports whether a file of an archive is one of another stream of the source: the archive
// landed there, too.
func (r *run) otherStream(ctx context.Context, s *script.Script, m read.Member) (bool, error) {
	looked, err := read.Look(m)
	if err != nil {
		return false, err
	}
	for _, other := range r.Catalog.Raws() {
		if other.Source != s.Source || other == s {
			continue
		}
		match, err := looked.Fit(ctx, other.Spec())
		if err != nil || match.OK {
			return match.OK, err
		}
	}
	return false, nil
}

// fitsBetter reports whether a file of an archive, though it could be one of this stream, is one of another
// of the source: by more of its columns, or by its name.
func (r *run) fitsBetter(ctx context.Context, s *script.Script, m read.Member) (bool, error) {
	looked, err := read.Look(m)
	if err != nil {
		return false, err
	}
	own, err := fit(ctx, s, looked)
	if err != nil || !own.OK {
		return false, err
	}
	for _, other := range r.Catalog.Raws() {
		if other.Source != s.Source || other == s {
			continue
		}
		match, err := fit(ctx, other, looked)
		if err != nil {
			return false, err
		}
		better := match.Score() - own.Score()
		if match.OK && (better > 0 || better == 0 && OwnName(other, m.Name) && !OwnName(s, m.Name)) {
			return true, nil
		}
	}
	return false, nil
}

// fit tells whether a file is one of a stream's; one that cannot land does not fit.
func fit(ctx context.Context, s *script.Script, looked *read.Looked) (read.Match, error) {
	match, err := looked.Fit(ctx, s.Spec())
	var refused *read.Rejected
	if errors.As(err, &refused) {
		return read.Match{}, nil
	}
	return match, err
}

// OwnName reports whether a file has a name of the stream's, whatever archive it came in.
func OwnName(s *script.Script, name string) bool {
	return slices.ContainsFunc(s.Header.Files, func(p *regexp.Regexp) bool { return p.MatchString(path.Base(name)) })
}

// labels are what the file's name says, over that what its header and the lines above it say, over both
// what a person said when landing it.
func labels(s *script.Script, drop *zones.Drop, name string, above map[string]string) map[string]string {
	found := NameLabels(s, name)
	maps.Copy(found, above)
	maps.Copy(found, drop.Labels)
	return found
}

// NameLabels reads the columns that a stream's files carry in their names: each part of the name of a
// file in an archive may carry some, its own name before the archive's.
func NameLabels(s *script.Script, name string) map[string]string {
	found := map[string]string{}
	for _, part := range slices.Backward(strings.Split(name, "/")) {
		for _, pattern := range s.Header.Files {
			m := pattern.FindStringSubmatch(part)
			if m == nil {
				continue
			}
			for i, group := range pattern.SubexpNames() {
				if group != "" && m[i] != "" && found[group] == "" {
					found[group] = m[i]
				}
			}
			break
		}
	}
	return found
}

// copyRaw writes the raw file: the script's columns, then the engine's. The position in the file is
// the row number, so rejected rows stay in their place.
func (r *run) copyRaw(ctx context.Context, s *script.Script, drop *zones.Drop, members []landed, d *derived) error {
	selects := make([]string, len(members))
	var start int64
	for i, m := range members {
		d.Members = append(d.Members, member{Name: m.name, Start: start, Records: m.table.Records, Bad: m.table.Bad})
		selects[i] = landingSelect(s, drop, m, start)
		start += m.table.Records
		d.Warnings = append(d.Warnings, prefixAll(m.name, m.table.Warnings)...)
		for header := range m.table.Extra {
			if !slices.Contains(d.Extra, header) {
				d.Extra = append(d.Extra, header)
			}
		}
		for _, name := range m.table.ExtraNames {
			if !slices.Contains(d.Extra, name) {
				d.Extra = append(d.Extra, name)
			}
		}
	}
	slices.Sort(d.Extra)
	d.Records = start
	if err := r.macros.Make(ctx, r.DB, s.Texts()...); err != nil {
		return err
	}
	body := s.Carrying
	reason := "_problem"
	if strings.Contains(body, "reject_reason") {
		reason = "coalesce(_problem, reject_reason)"
	}
	var missing []string
	for _, name := range s.Header.Partition[1:] {
		missing = append(missing, "when "+duck.Ident(name)+" is null then "+duck.Literal("no value for "+name))
	}
	if len(missing) > 0 {
		reason = "coalesce(" + reason + ", case " + strings.Join(missing, " ") + " end)"
	}
	var columns []string
	for _, column := range s.Columns {
		switch column.Name {
		case "account":
			columns = append(columns, duck.Literal(drop.Account)+" as account")
		case "_drop":
			columns = append(columns, duck.Literal(drop.ID)+" as _drop")
		case "_row":
		case "_extra":
			columns = append(columns, "_extra::json as _extra")
		default:
			columns = append(columns, duck.Ident(column.Name))
		}
	}
	columns = append(columns, "_start", reason+" as reject_reason")
	landing := "with landing as not materialized (\n" + strings.Join(selects, "\nunion all\n") + "\n)\n"
	_, err := r.DB.Copy(ctx, landing+"select "+strings.Join(columns, ", ")+" from (\n"+body+"\n)", d.File, parquetOptions)
	return err
}

func prefixAll(name string, texts []string) []string {
	prefixed := make([]string, len(texts))
	for i, text := range texts {
		prefixed[i] = name + ": " + text
	}
	return prefixed
}

// landingSelect is one member as the landing relation sees it.
func landingSelect(s *script.Script, drop *zones.Drop, m landed, start int64) string {
	var columns []string
	field := func(name string) {
		value := "null::varchar"
		if physical, ok := m.table.Source[name]; ok {
			value = duck.Ident(physical)
		}
		columns = append(columns, value+" as "+duck.Ident(name))
	}
	if s.Header.Format == "csv" {
		for _, column := range s.Header.Columns {
			field(column.Names[0])
		}
	} else {
		columns = append(columns, duck.Ident(m.table.Source["record"])+"::json as record")
	}
	for _, name := range s.RecordColumns() {
		field(name)
	}
	for _, name := range slices.Concat(s.Labels(), s.HeaderLabels()) {
		value := "null::varchar"
		if label, ok := m.labels[name]; ok {
			value = duck.Literal(label)
		}
		columns = append(columns, value+" as "+duck.Ident(name))
	}
	if s.Header.Last != "" {
		columns = append(columns, duck.Literal(m.table.Last)+" as "+duck.Ident(script.LastColumn))
	}
	problem := "null::varchar"
	if m.table.ProblemField != "" {
		problem = duck.Ident(m.table.ProblemField)
	}
	columns = append(columns,
		"timestamp "+duck.Literal(drop.AsOf.UTC().Format(time.DateTime))+" as _as_of",
		extraObject(m.table)+" as _extra", problem+" as _problem",
		duck.Literal(m.name)+" as _file", strconv.FormatInt(start, 10)+"::bigint as _start")
	return "select " + strings.Join(columns, ", ") + "\nfrom " + readCSV(m.table)
}

// extraObject keeps the columns nobody declared, by their own names.
func extraObject(t read.Table) string {
	extra := t.Extra
	if t.ExtraField != "" {
		return duck.Ident(t.ExtraField)
	}
	if len(extra) == 0 {
		return "null::varchar"
	}
	headers := make([]string, 0, len(extra))
	for header := range extra {
		headers = append(headers, header)
	}
	slices.Sort(headers)
	var pairs, fields []string
	for _, header := range headers {
		pairs = append(pairs, duck.Literal(header)+", "+duck.Ident(extra[header]))
		fields = append(fields, duck.Ident(extra[header]))
	}
	return "case when coalesce(" + strings.Join(fields, ", ") + ") is not null then json_object(" + strings.Join(pairs, ", ") + ")::varchar end"
}

// readCSV reads a prepared file: every option is given, nothing is sniffed, and any surprise is an
// error rather than a row less. DuckDB 1.5.6 returns no row at all of a file with CRLF, lines to skip
// and strict mode; the reader has already looked at every line of such a file.
func readCSV(t read.Table) string {
	fields := make([]string, len(t.Fields))
	for i, field := range t.Fields {
		fields[i] = duck.Literal(field) + ": 'VARCHAR'"
	}
	quote := ""
	if t.Quote {
		quote = `"`
	}
	return "read_csv(" + duck.Literal(t.Path) + ", header = false, auto_detect = false, delim = " + duck.Literal(t.Delim) +
		", quote = " + duck.Literal(quote) + ", escape = " + duck.Literal(quote) + ", new_line = " + duck.Literal(newLine(t.NewLine)) +
		fmt.Sprintf(", skip = %d, strict_mode = %t", t.Skip, t.NewLine != "\r\n") + ", null_padding = false, columns = {" + strings.Join(fields, ", ") + "})"
}

func newLine(text string) string {
	return strings.NewReplacer("\r", `\r`, "\n", `\n`).Replace(text)
}
