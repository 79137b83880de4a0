package read

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"unicode/utf8"
)

// plainScan is one pass over a delimited file that may be plain: valid UTF-8, one kind of line end,
// every record on one line with as many fields as the header. At the first thing that is not plain it
// stops, and the file is read the careful way.
type plainScan struct {
	delim    byte
	newline  []byte
	quoted   bool
	fields   int
	money    int // index of the money field, -1 for none
	limit    int
	skip     int // lines before the first record
	seen     int // lines
	records  int64
	sum      Money
	unended  bool // no line end after the last record
	fallback string
}

const scanBuffer = 4 << 20

// run scans the file; fallback says why it is not plain.
func (p *plainScan) run(ctx context.Context, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	// One byte more than the file has, so that its end is seen; most files are small.
	buf := make([]byte, min(int64(scanBuffer+p.limit), info.Size()+1))
	kept := 0
	for first := true; p.fallback == ""; first = false {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := io.ReadFull(file, buf[kept:])
		end := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !end {
			return err
		}
		chunk := buf[:kept+n]
		if first {
			chunk = bytes.TrimPrefix(chunk, []byte{0xef, 0xbb, 0xbf})
		}
		rest := p.chunk(chunk, end)
		if end {
			return nil
		}
		kept = copy(buf, rest)
	}
	return nil
}

// chunk takes all whole lines and returns what is left.
func (p *plainScan) chunk(chunk []byte, end bool) []byte {
	whole := chunk
	if !end {
		cut := bytes.LastIndex(chunk, p.newline)
		if cut < 0 {
			p.fallback = "a record is too long"
			return nil
		}
		whole = chunk[:cut+len(p.newline)]
	}
	switch {
	case !utf8.Valid(whole):
		p.fallback = "not all of it is UTF-8"
	case bytes.IndexByte(whole, 0) >= 0:
		p.fallback = "a NUL byte"
	case !p.oneNewline(whole):
		p.fallback = "mixed line ends"
	}
	last := p.newline[len(p.newline)-1]
	rest := whole
	for p.fallback == "" && len(rest) > 0 {
		at := bytes.IndexByte(rest, last)
		if at < 0 {
			p.unended = !p.quoted || rest[len(rest)-1] != '"' // a closed last field was not cut off
			p.line(rest)
			return nil
		}
		p.line(rest[:at+1-len(p.newline)])
		rest = rest[at+1:]
	}
	return chunk[len(whole):]
}

// oneNewline reports whether no other kind of line end occurs.
func (p *plainScan) oneNewline(text []byte) bool {
	switch string(p.newline) {
	case "\n":
		return bytes.IndexByte(text, '\r') < 0
	case "\r":
		return bytes.IndexByte(text, '\n') < 0
	}
	pairs := bytes.Count(text, p.newline)
	return bytes.Count(text, []byte{'\r'}) == pairs && bytes.Count(text, []byte{'\n'}) == pairs
}

func (p *plainScan) line(line []byte) {
	if p.seen++; p.seen <= p.skip {
		return
	}
	switch {
	case len(line) == 0:
		p.fallback = "a blank line"
	case len(line) > p.limit:
		p.fallback = "a record is too long"
	case p.quoted && bytes.IndexByte(line, '"') >= 0:
		p.quotedLine(line)
	default:
		p.bareLine(line)
	}
	p.records++
}

func (p *plainScan) bareLine(line []byte) {
	if bytes.Count(line, []byte{p.delim}) != p.fields-1 {
		p.fallback = "a record has another number of fields"
		return
	}
	if p.money < 0 {
		return
	}
	for range p.money {
		line = line[bytes.IndexByte(line, p.delim)+1:]
	}
	if end := bytes.IndexByte(line, p.delim); end >= 0 {
		line = line[:end]
	}
	p.sum.Add(line)
}

func (p *plainScan) quotedLine(line []byte) {
	field := 0
	for {
		var value []byte
		if len(line) > 0 && line[0] == '"' {
			end := closingQuoteBytes(line)
			if end == 0 || end < len(line) && line[end] != p.delim {
				p.fallback = "an irregular quote"
				return
			}
			value = line[1 : end-1]
			line = line[end:]
		} else {
			end := bytes.IndexByte(line, p.delim)
			if end < 0 {
				end = len(line)
			}
			value, line = line[:end], line[end:]
			if bytes.IndexByte(value, '"') >= 0 {
				p.fallback = "an irregular quote"
				return
			}
		}
		if field == p.money {
			p.sum.Add(value)
		}
		field++
		if len(line) == 0 {
			break
		}
		line = line[1:]
	}
	if field != p.fields {
		p.fallback = "a record has another number of fields"
	}
}

// closingQuoteBytes is closingQuote of bytes.
func closingQuoteBytes(s []byte) int {
	for i := 1; i < len(s); {
		at := bytes.IndexByte(s[i:], '"')
		if at < 0 {
			return 0
		}
		i += at + 1
		if i < len(s) && s[i] == '"' {
			i++
			continue
		}
		return i
	}
	return 0
}
