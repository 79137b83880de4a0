package read

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
)

const problemField = "_problem"

// Prepare makes a member readable for DuckDB, or says as a *Rejected why it cannot be what the spec
// describes. Copies are written into scratch.
func Prepare(ctx context.Context, m Member, spec Spec, scratch string, limits Limits) (Table, error) {
	limits = limits.withDefaults()
	s, err := Sniff(m)
	if err != nil {
		return Table{}, err
	}
	if err := s.refuse(spec); err != nil {
		return Table{}, err
	}
	switch {
	case spec.Format != "csv":
		return prepareJSON(ctx, m, spec, s, scratch, limits)
	case s.Kind == KindSheet:
		return prepareSheet(ctx, m, spec, scratch, limits)
	case spec.blockTitle() != "":
		return prepareBlocks(ctx, m, spec, s, scratch, limits)
	}
	return prepareDelimited(ctx, m, spec, s, scratch, limits)
}

// refuse tells files apart that are something else altogether.
func (s Sniffed) refuse(spec Spec) error {
	switch {
	case s.Kind == KindEmpty:
		return reject("empty", "the file is empty")
	case s.Kind == KindBinary:
		return reject("binary", "the file is binary, not text")
	case s.Kind == KindHTML && spec.Format != "html":
		return reject("html", "the file is a web page (title %q), perhaps a login page saved in place of the export", s.Title)
	case s.Kind == KindSheet && (spec.Format != "csv" || spec.blockTitle() != ""):
		return reject("binary", "the file is a spreadsheet, not %s", spec.Format)
	}
	return nil
}

func prepareDelimited(ctx context.Context, m Member, spec Spec, s Sniffed, scratch string, limits Limits) (Table, error) {
	h, missing := spec.locate(s.Lines)
	if h == nil {
		return Table{}, spec.missingColumns(s.Lines, missing)
	}
	if name := h.doubled(); name != "" {
		return Table{}, &Rejected{Code: "header", Reason: fmt.Sprintf("the header has the column %q twice", name), Line: int64(h.line + 1)}
	}
	if err := spec.private(spec.refused(h.names)); err != nil {
		return Table{}, err
	}
	t := Table{
		Member: m, Path: m.Path, Labels: spec.around(s.Lines, h), Delim: h.delim, Quote: h.delim != "\t" || h.quoted, Skip: h.line + 1,
		Fields: h.fields, Source: h.source, Extra: h.extra,
	}
	t.Layout = Layout{Encoding: s.Encoding, BOM: s.BOM, Delim: h.delim, HeaderLine: h.line + 1, Quoted: t.Quote}
	done, err := t.asPlain(ctx, spec, s, limits)
	if err != nil || done {
		return t, err
	}
	if (t.Layout.Encoding == UTF8 || t.Layout.Encoding == Windows1252) && !s.BOM {
		if t.Layout.Encoding, err = wholeEncoding(ctx, m.Path); err != nil {
			return t, err
		}
	}
	return t.asCanonical(ctx, spec, h, scratch, limits)
}

// asPlain reads the file where it lies if nothing in it is irregular.
func (t *Table) asPlain(ctx context.Context, spec Spec, s Sniffed, limits Limits) (bool, error) {
	if spec.Last != "" { // every record's fields are wanted
		return false, nil
	}
	newline, err := sniffNewline(t.Path)
	if err != nil || s.Encoding != UTF8 || t.Layout.HeaderLine != 1 || newline == "" {
		return false, err
	}
	scan := &plainScan{
		delim: t.Delim[0], newline: []byte(newline), quoted: t.Quote, fields: len(t.Fields), money: t.index(spec.Money),
		limit: int(limits.MaxRecordBytes), skip: t.Skip,
	}
	if err := scan.run(ctx, t.Path); err != nil {
		return false, err
	}
	if scan.fallback != "" {
		return false, nil
	}
	if scan.records == 0 && spec.Empty {
		return false, nil
	}
	if scan.records == 0 {
		return true, reject("no_rows", "the file has a header and no rows")
	}
	t.NewLine, t.Layout.NewLine, t.Records, t.money = newline, newline, scan.records, scan.sum
	if scan.unended {
		t.Warnings = append(t.Warnings, unendedWarning)
	}
	return true, nil
}

const unendedWarning = "no line end after the last record: the file may have been cut off"

// index is where a declared column is among the fields; -1 for none.
func (t *Table) index(column string) int {
	if field, ok := t.Source[column]; ok && column != "" {
		return slices.Index(t.Fields, field)
	}
	return -1
}

// sniffNewline is the kind of the first line end; "" when there is none.
func sniffNewline(path string) (string, error) {
	head, err := readHead(path, headBytes)
	if err != nil {
		return "", err
	}
	for i, c := range head {
		switch {
		case c == '\n':
			return "\n", nil
		case c == '\r' && i+1 < len(head) && head[i+1] == '\n':
			return "\r\n", nil
		case c == '\r':
			return "\r", nil
		}
	}
	return "", nil
}

// wholeEncoding decides between UTF-8 and Windows-1252 (of which Latin-1 is a part) over the whole
// file: text that is not UTF-8 anywhere, though it has bytes beyond ASCII, is the older encoding.
func wholeEncoding(ctx context.Context, path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = file.Close() }()
	in := bufio.NewReaderSize(file, bufferSize)
	invalid := false
	for n := 0; ; n++ {
		if n%(1<<20) == 0 && ctx.Err() != nil {
			return "", ctx.Err()
		}
		r, size, err := in.ReadRune()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return "", err
		}
		if r == '\uFFFD' && size == 1 {
			invalid = true
		} else if size > 1 {
			return UTF8, nil
		}
	}
	if invalid {
		return Windows1252, nil
	}
	return UTF8, nil
}

// asCanonical copies the records: comma, quotes, \n, and the problem of each bad one.
func (t Table) asCanonical(ctx context.Context, spec Spec, h *header, scratch string, limits Limits) (Table, error) {
	in, closer, err := openText(t.Member, t.Layout.Encoding)
	if err != nil {
		return t, err
	}
	defer func() { _ = closer.Close() }()
	out, err := newCanonical(scratch, len(t.Fields))
	if err != nil {
		return t, err
	}
	money, last := t.index(spec.Money), t.index(spec.Last)
	records := newRecordReader(ctx, in, h, limits.MaxRecordBytes)
	for {
		rec, err := records.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = out.write(rec.fields, rec.problem)
		}
		if err != nil {
			return t, errors.Join(err, out.discard())
		}
		if rec.problem == "" && money >= 0 {
			t.money.Add([]byte(rec.fields[money]))
		}
		if rec.problem == "" && last >= 0 {
			t.Last = rec.fields[last]
		}
	}
	t.tellLines(records)
	return t, out.finish(&t, spec)
}

func (t *Table) tellLines(records *recordReader) {
	if len(records.mixed) == 1 {
		for kind := range records.mixed {
			t.Layout.NewLine = kind
		}
	} else if len(records.mixed) > 1 {
		t.Warnings = append(t.Warnings, "mixed line ends")
	}
	if records.blank > 0 {
		t.Warnings = append(t.Warnings, fmt.Sprintf("%d blank lines", records.blank))
	}
	if records.unended {
		t.Warnings = append(t.Warnings, unendedWarning)
	}
}

// canonical is a copy that DuckDB reads without surprise.
type canonical struct {
	file    *os.File
	out     *bufio.Writer
	fields  int
	records int64
	bad     int64
}

func newCanonical(scratch string, fields int) (*canonical, error) {
	file, err := os.CreateTemp(scratch, "canonical-*.csv")
	if err != nil {
		return nil, err
	}
	return &canonical{file: file, out: bufio.NewWriterSize(file, bufferSize), fields: fields}, nil
}

func (c *canonical) write(fields []string, problem string) error {
	c.records++
	if problem != "" {
		c.bad++
		fields = nil
	}
	for i := range c.fields {
		if i < len(fields) && fields[i] != "" {
			c.quote(fields[i])
		}
		_ = c.out.WriteByte(',')
	}
	if problem != "" {
		c.quote(problem)
	}
	return c.out.WriteByte('\n')
}

func (c *canonical) quote(text string) {
	_ = c.out.WriteByte('"')
	if strings.Contains(text, `"`) {
		text = strings.ReplaceAll(text, `"`, `""`)
	}
	_, _ = c.out.WriteString(text)
	_ = c.out.WriteByte('"')
}

func (c *canonical) discard() error {
	return errors.Join(c.file.Close(), os.Remove(c.file.Name()))
}

// finish points the table at the copy.
func (c *canonical) finish(t *Table, spec Spec) error {
	if err := errors.Join(c.out.Flush(), c.file.Close()); err != nil {
		return err
	}
	if _, isJSON := t.Source[recordField]; c.records == 0 && !isJSON && !spec.Empty {
		return errors.Join(reject("no_rows", "the file has a header and no rows"), os.Remove(c.file.Name()))
	}
	t.Path, t.Canonical, t.Delim, t.NewLine, t.Quote, t.Skip = c.file.Name(), true, ",", "\n", true, 0
	t.Fields = append(slices.Clone(t.Fields), problemField)
	t.ProblemField, t.Records, t.Bad = problemField, c.records, c.bad
	return nil
}

func fieldNames(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = "c" + strconv.Itoa(i)
	}
	return names
}
