package read

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// record is one record of a delimited file, read the careful way.
type record struct {
	fields  []string
	problem string
	line    int64 // physical, 1-based
	offset  int64 // of its first byte in the decoded text
	text    string
}

// physical is one line of the decoded text.
type physical struct {
	text   string
	number int64
	offset int64
	long   bool
	ended  bool
}

// recordReader reads records line by line. A quoted field may go on over several lines, but a quote
// that leads to no whole record costs its own line only.
type recordReader struct {
	ctx      context.Context
	in       *bufio.Reader
	header   *header
	literal  bool // quotes are text
	limit    int64
	line     int64
	offset   int64
	pending  []physical
	blank    int64 // lines between records
	blankRun int64
	mixed    map[string]bool
	unended  bool
}

// spanLines is over how many lines a quoted field may go on.
const spanLines = 100

func newRecordReader(ctx context.Context, in io.Reader, h *header, limit int64) *recordReader {
	return &recordReader{
		ctx: ctx, in: bufio.NewReaderSize(in, bufferSize), header: h, literal: h.delim == "\t" && !h.quoted, limit: limit,
		mixed: map[string]bool{},
	}
}

// next returns the next record after the header; io.EOF at the end.
func (r *recordReader) next() (record, error) {
	for {
		p, err := r.nextLine()
		if err != nil {
			return record{}, err
		}
		if p.number <= int64(r.header.line)+1 {
			continue
		}
		if strings.TrimSpace(p.text) == "" && !p.long {
			r.blankRun++
			continue
		}
		r.blank, r.blankRun = r.blank+r.blankRun, 0 // at the end of a file they are nothing
		return r.assemble(p)
	}
}

func (r *recordReader) assemble(p physical) (record, error) {
	rec := record{line: p.number, offset: p.offset, text: p.text}
	want := len(r.header.names)
	switch {
	case p.long:
		rec.problem = fmt.Sprintf("the record is longer than %d bytes", r.limit)
		return rec, nil
	case !utf8.ValidString(p.text):
		rec.problem = "bytes that are no UTF-8"
		return rec, nil
	case strings.ContainsRune(p.text, 0):
		rec.problem = "a NUL byte"
		return rec, nil
	}
	if r.literal || !strings.Contains(p.text, `"`) {
		rec.fields = strings.Split(p.text, r.header.delim)
		rec.check(want)
		return rec, nil
	}
	fields, state := splitQuoted(p.text, r.header.delim)
	if state == quoteOpen {
		return r.span(rec, p, want)
	}
	if state == quoteStray {
		rec.problem = "a stray quote"
		return rec, nil
	}
	rec.fields = fields
	rec.check(want)
	return rec, nil
}

// span lets a quoted field go on over the following lines, as long as a whole record comes of it.
func (r *recordReader) span(rec record, p physical, want int) (record, error) {
	text := p.text
	var taken []physical
	for len(taken) < spanLines && int64(len(text)) <= r.limit {
		more, err := r.nextLine()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return rec, err
		}
		taken = append(taken, more)
		if more.long || !utf8.ValidString(more.text) {
			break
		}
		text += "\n" + more.text
		fields, state := splitQuoted(text, r.header.delim)
		if state == quoteOpen {
			continue
		}
		if state == quoteClosed && len(fields) == want {
			rec.fields, rec.text = fields, text
			return rec, nil
		}
		break
	}
	r.pending = append(taken, r.pending...)
	rec.problem = "a stray quote"
	return rec, nil
}

func (rec *record) check(want int) {
	if len(rec.fields) != want {
		rec.problem = fmt.Sprintf("%d fields where %d are expected", len(rec.fields), want)
		rec.fields = nil
	}
}

type quoteState int

const (
	quoteClosed quoteState = iota
	quoteOpen
	quoteStray
)

// splitQuoted splits by RFC 4180; a quote inside a field that did not begin with one is text.
func splitQuoted(text, delim string) (fields []string, state quoteState) {
	for {
		if strings.HasPrefix(text, `"`) {
			end := closingQuote(text)
			if end == 0 {
				return nil, quoteOpen
			}
			if end < len(text) && !strings.HasPrefix(text[end:], delim) {
				return nil, quoteStray
			}
			fields = append(fields, strings.ReplaceAll(text[1:end-1], `""`, `"`))
			if end == len(text) {
				return fields, quoteClosed
			}
			text = text[end+len(delim):]
			continue
		}
		field, rest, more := strings.Cut(text, delim)
		fields = append(fields, field)
		if !more {
			return fields, quoteClosed
		}
		text = rest
	}
}

// nextLine reads a line up to \n, \r or \r\n. One longer than the limit is cut, and its rest skipped.
func (r *recordReader) nextLine() (physical, error) {
	if len(r.pending) > 0 {
		p := r.pending[0]
		r.pending = r.pending[1:]
		return p, nil
	}
	if r.line%1024 == 0 && r.ctx.Err() != nil {
		return physical{}, r.ctx.Err()
	}
	p := physical{number: r.line + 1, offset: r.offset}
	var b strings.Builder
	for {
		c, err := r.in.ReadByte()
		if errors.Is(err, io.EOF) {
			if b.Len() == 0 && !p.long {
				return p, io.EOF
			}
			r.unended = r.literal || !strings.HasSuffix(b.String(), `"`) // a closed last field was not cut off
			break
		}
		if err != nil {
			return p, err
		}
		r.offset++
		if c == '\n' || c == '\r' {
			p.ended = true
			r.endOfLine(c)
			break
		}
		if int64(b.Len()) >= r.limit {
			p.long = true
			continue
		}
		_ = b.WriteByte(c)
	}
	r.line++
	p.text = b.String()
	return p, nil
}

func (r *recordReader) endOfLine(c byte) {
	kind := string(c)
	if c == '\r' {
		if next, err := r.in.Peek(1); err == nil && next[0] == '\n' {
			_, _ = r.in.ReadByte()
			r.offset++
			kind = "\r\n"
		}
	}
	r.mixed[kind] = true
}
