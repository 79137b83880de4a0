package read

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// A delimited file may hold several tables, one below the other: `records: {title}[]` says so. Blank lines
// part them; each has a header of its own and, above it, perhaps a title. Their rows become one table of
// all declared columns, and the title a column beside them.

// blockTitle is the column for the titles of a file's tables; "" when the file is one table.
func (s Spec) blockTitle() string {
	if s.Format != "csv" {
		return ""
	}
	return BlockTitle(s.Records)
}

// BlockTitle reads `{title}[]`, the records expression of a delimited file; "" when it is none.
func BlockTitle(expression string) string {
	rules, err := parseRecords(expression)
	if err != nil || len(rules) != 1 || len(rules[0].paths) != 1 {
		return ""
	}
	path := rules[0].paths[0]
	if len(path) != 2 || len(path[0].among) > 0 || !path[1].each {
		return ""
	}
	return path[0].column
}

// blockReader reads the rows of the tables of a file.
type blockReader struct {
	lines    *recordReader
	spec     Spec
	declared declaration
	delim    string
	title    string
	head     *header // of the table that the next line belongs to; nil above it
	heads    []*header
}

func (s Spec) newBlockReader(ctx context.Context, in io.Reader, delim string, limit int64) *blockReader {
	lines := newRecordReader(ctx, in, &header{delim: delim, quoted: true, line: -1}, limit)
	return &blockReader{lines: lines, spec: s, declared: s.declared(), delim: delim}
}

// next returns the next row; head and title say of which table.
func (b *blockReader) next() (record, error) {
	for {
		p, err := b.lines.nextLine()
		if err != nil {
			return record{}, err
		}
		rec := record{line: p.number, offset: p.offset, text: p.text}
		switch fields, state := splitQuoted(p.text, b.delim); {
		case p.long:
			rec.problem = fmt.Sprintf("the record is longer than %d bytes", b.lines.limit)
		case !utf8.ValidString(p.text):
			rec.problem = "bytes that are no UTF-8"
		case state != quoteClosed:
			rec.problem = "a stray quote"
		case b.above(fields):
			continue
		default:
			rec.fields = fields
			b.fit(&rec)
		}
		return rec, nil
	}
}

// above takes what stands above and between the rows: blank lines, titles, headers.
func (b *blockReader) above(fields []string) bool {
	kept := filled(fields)
	switch {
	case len(kept) == 0:
		if b.head != nil {
			b.head, b.title = nil, ""
		}
	case b.head != nil:
		return false
	case len(kept) == 1:
		if !strings.HasPrefix(kept[0], "sep=") { // which tells a spreadsheet the delimiter
			b.title = strings.TrimSpace(kept[0])
		}
	default:
		if kept[0] == "" { // a column without a name is what the title says
			kept[0] = b.title
		}
		b.head = b.declared.assign(kept, b.delim, true)
		b.heads = append(b.heads, b.head)
	}
	return true
}

// fit holds a row against the header of its table; empty fields behind the last are a spreadsheet's.
func (b *blockReader) fit(rec *record) {
	if b.head == nil || len(rec.fields) < len(b.head.names) || len(filled(rec.fields)) > len(b.head.names) {
		want := 0
		if b.head != nil {
			want = len(b.head.names)
		}
		rec.problem = fmt.Sprintf("%d fields where %d are expected", len(rec.fields), want)
		rec.fields = nil
	}
}

// filled is a line without the empty fields at its end.
func filled(fields []string) []string {
	for len(fields) > 0 && strings.TrimSpace(fields[len(fields)-1]) == "" {
		fields = fields[:len(fields)-1]
	}
	return slices.Clone(fields)
}

// matched are the declared columns found in any header so far, and the required ones that are not.
func (b *blockReader) matched() (found map[string]bool, missing []string) {
	found = map[string]bool{}
	for _, h := range b.heads {
		for name := range h.source {
			found[name] = true
		}
	}
	for _, column := range b.spec.Columns {
		if !found[column.Names[0]] && !column.Optional {
			missing = append(missing, column.Names[0])
		}
	}
	return found, missing
}

// extra are the columns nobody declared.
func (b *blockReader) extra() []string {
	var names []string
	for _, h := range b.heads {
		for name := range h.extra {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return names
}

// locateBlocks reads the first lines under the delimiter that finds most of the columns.
func (s Spec) locateBlocks(ctx context.Context, lines []string) (best *blockReader) {
	most := -1
	for _, delim := range delimiters {
		b := s.newBlockReader(ctx, strings.NewReader(strings.Join(lines, "\n")), delim, Limits{}.withDefaults().MaxRecordBytes)
		for {
			if _, err := b.next(); err != nil {
				break
			}
		}
		if found, _ := b.matched(); len(found) > most {
			best, most = b, len(found)
		}
	}
	return best
}

// fitBlocks tells whether the first lines can be what the spec describes.
func (s Spec) fitBlocks(ctx context.Context, lines []string) (Match, error) {
	b := s.locateBlocks(ctx, lines)
	found, missing := b.matched()
	if len(missing) > 0 {
		return Match{Missing: missing}, nil
	}
	return Match{OK: true, Matched: len(found), Extra: len(b.extra()), Line: 1}, s.private(s.refused(b.extra()))
}

// openBlocks opens a file of tables.
func (s Spec) openBlocks(ctx context.Context, m Member, sniffed Sniffed, limit int64) (*blockReader, string, io.Closer, error) {
	encoding := sniffed.Encoding
	var err error
	if (encoding == UTF8 || encoding == Windows1252) && !sniffed.BOM {
		if encoding, err = wholeEncoding(ctx, m.Path); err != nil {
			return nil, "", nil, err
		}
	}
	in, closer, err := openText(m, encoding)
	if err != nil {
		return nil, "", nil, err
	}
	return s.newBlockReader(ctx, in, s.locateBlocks(ctx, sniffed.Lines).delim, limit), encoding, closer, nil
}

func prepareBlocks(ctx context.Context, m Member, spec Spec, s Sniffed, scratch string, limits Limits) (Table, error) {
	b, encoding, closer, err := spec.openBlocks(ctx, m, s, limits.MaxRecordBytes)
	if err != nil {
		return Table{}, err
	}
	defer func() { _ = closer.Close() }()
	t := Table{
		Member: m, Source: map[string]string{}, Extra: map[string]string{}, ExtraField: extraField,
		Fields: append(fieldNames(len(spec.Columns)+1), extraField),
		Layout: Layout{Encoding: encoding, BOM: s.BOM, Delim: b.delim, Quoted: true},
	}
	for i, column := range spec.Columns {
		t.Source[column.Names[0]] = t.Fields[i]
	}
	t.Source[spec.blockTitle()] = t.Fields[len(spec.Columns)]
	out, err := newCanonical(scratch, len(t.Fields))
	if err != nil {
		return t, err
	}
	for {
		rec, err := b.next()
		if errors.Is(err, io.EOF) {
			break
		}
		var row []string
		if err == nil {
			row, err = b.row(rec, &t)
		}
		if err == nil {
			err = out.write(row, rec.problem)
		}
		if err != nil {
			return t, errors.Join(err, out.discard())
		}
	}
	if _, missing := b.matched(); len(missing) > 0 {
		return t, errors.Join(spec.missingColumns(s.Lines, missing), out.discard())
	}
	t.ExtraNames = b.extra()
	if name := spec.refused(t.ExtraNames); name != "" {
		return t, errors.Join(spec.private(name), out.discard())
	}
	if b.lines.unended {
		t.Warnings = append(t.Warnings, unendedWarning)
	}
	return t, out.finish(&t, spec)
}

// row is a record in the order of the declared columns, then the title and what nobody declared.
func (b *blockReader) row(rec record, t *Table) ([]string, error) {
	row := make([]string, len(t.Fields))
	if rec.problem != "" {
		return row, nil
	}
	value := func(field string) string { return rec.fields[slices.Index(b.head.fields, field)] }
	for i, column := range b.spec.Columns {
		if field, ok := b.head.source[column.Names[0]]; ok {
			row[i] = value(field)
		}
		if column.Names[0] == b.spec.Money && b.spec.Money != "" {
			t.money.Add([]byte(row[i]))
		}
	}
	row[len(b.spec.Columns)] = b.title
	extra := map[string]any{}
	for name, field := range b.head.extra {
		if text := value(field); text != "" {
			extra[name] = text
		}
	}
	if len(extra) == 0 {
		return row, nil
	}
	var err error
	row[len(row)-1], err = encode(extra)
	return row, err
}

func blockLines(ctx context.Context, m Member, spec Spec, s Sniffed, take func(Line) error) error {
	b, _, closer, err := spec.openBlocks(ctx, m, s, Limits{}.withDefaults().MaxRecordBytes)
	if err != nil {
		return err
	}
	defer func() { _ = closer.Close() }()
	for n := int64(1); ; n++ {
		rec, err := b.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = take(Line{Record: n, Line: rec.line, Offset: rec.offset, Text: rec.text})
		}
		if err != nil {
			return err
		}
	}
}
