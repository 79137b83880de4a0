package read

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"
)

// Line is a record as it stands in the file.
type Line struct {
	Record int64 // 1-based among the data records
	Line   int64 // 1-based among the physical lines; the row of a sheet
	Offset int64 // of its first byte in the decoded text
	Text   string
}

const maxLineText = 10 << 10

var errEnough = errors.New("all records found")

// Lines returns the original text and place of some records, in the order they stand in the file.
func Lines(ctx context.Context, m Member, spec Spec, records []int64) ([]Line, error) {
	wanted := map[int64]bool{}
	last := int64(0)
	for _, record := range records {
		wanted[record], last = true, max(last, record)
	}
	s, err := Sniff(m)
	if err != nil {
		return nil, err
	}
	var lines []Line
	take := func(line Line) error {
		if wanted[line.Record] {
			if len(line.Text) > maxLineText {
				line.Text = strings.ToValidUTF8(line.Text[:maxLineText], "") + "…"
			}
			lines = append(lines, line)
		}
		if line.Record >= last {
			return errEnough
		}
		return nil
	}
	switch {
	case spec.Format != "csv":
		err = elementLines(ctx, m, spec, s, take)
	case s.Kind == KindSheet:
		err = sheetLines(ctx, m, spec, take)
	case spec.blockTitle() != "":
		err = blockLines(ctx, m, spec, s, take)
	default:
		err = delimitedLines(ctx, m, spec, s, take)
	}
	if errors.Is(err, errEnough) {
		err = nil
	}
	return lines, err
}

func delimitedLines(ctx context.Context, m Member, spec Spec, s Sniffed, take func(Line) error) error {
	h, missing := spec.locate(s.Lines)
	if h == nil {
		return spec.missingColumns(s.Lines, missing)
	}
	encoding := s.Encoding
	var err error
	if (encoding == UTF8 || encoding == Windows1252) && !s.BOM {
		if encoding, err = wholeEncoding(ctx, m.Path); err != nil {
			return err
		}
	}
	in, closer, err := openText(m, encoding)
	if err != nil {
		return err
	}
	defer func() { _ = closer.Close() }()
	records := newRecordReader(ctx, in, h, Limits{}.withDefaults().MaxRecordBytes)
	for n := int64(1); ; n++ {
		rec, err := records.next()
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

func elementLines(ctx context.Context, m Member, spec Spec, s Sniffed, take func(Line) error) error {
	rules, err := parseRecords(spec.Records)
	if err != nil {
		return err
	}
	in, closer, err := openText(m, s.Encoding)
	if err != nil {
		return err
	}
	text, err := io.ReadAll(io.LimitReader(in, maxDocument))
	if err := errors.Join(err, closer.Close()); err != nil {
		return err
	}
	n := int64(0)
	_, err = eachElement(ctx, m, rules, s.Encoding, func(e element) error {
		n++
		at := int64(0)
		if e.offset <= int64(len(text)) {
			begin := e.offset + int64(len(text[e.offset:])-len(bytes.TrimLeft(text[e.offset:], " \t\r\n,:")))
			at = 1 + int64(bytes.Count(text[:begin], []byte("\n")))
		}
		return take(Line{Record: n, Line: at, Offset: e.offset, Text: e.record})
	})
	return err
}

func sheetLines(ctx context.Context, m Member, spec Spec, take func(Line) error) (err error) {
	book, err := excelize.OpenFile(m.Path)
	if err != nil {
		return fmt.Errorf("open sheet: %w", err)
	}
	defer func() { err = errors.Join(err, book.Close()) }()
	sheets, err := sheetsOf(book)
	if err != nil {
		return err
	}
	at, _ := spec.findSheet(sheets)
	if at == nil {
		return nil
	}
	n := int64(0)
	return eachSheetRow(ctx, book, at.name, at.header, func(row int, cells []string) error {
		n++
		return take(Line{Record: n, Line: int64(row), Text: strings.Join(cells, "\t")})
	})
}
