package read

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// Encodings that files are found in.
const (
	UTF8        = "utf-8"
	UTF16LE     = "utf-16le"
	UTF16BE     = "utf-16be"
	Windows1252 = "windows-1252"
)

const headBytes = 256 << 10

// Kinds of files, by their first bytes.
const (
	KindDelimited = "delimited" // or any other text
	KindSheet     = "xlsx"
	KindJSON      = "json"
	KindHTML      = "html"
	KindEmpty     = "empty"
	KindBinary    = "binary"
)

// Sniffed is what the beginning of a member shows.
type Sniffed struct {
	Kind     string
	Encoding string
	BOM      bool
	Lines    []string // the first lines, decoded
	Title    string   // of a page
}

var titlePattern = regexp.MustCompile(`(?is)<title[^>]*>\s*(.*?)\s*</title>`)

// Sniff looks at the first bytes of a member.
func Sniff(m Member) (Sniffed, error) {
	head, err := readHead(m.Path, headBytes)
	if err != nil {
		return Sniffed{}, err
	}
	s := Sniffed{Encoding: UTF8}
	switch {
	case len(head) == 0:
		s.Kind = KindEmpty
		return s, nil
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		s.Kind = KindSheet
		return s, nil
	}
	s.Encoding, s.BOM = sniffEncoding(head)
	if s.Encoding == UTF8 && looksBinary(head) {
		s.Kind = KindBinary
		return s, nil
	}
	if s.Encoding == UTF8 && !validUpToCut(head) && !hasMultibyte(head) && !s.BOM {
		s.Encoding = Windows1252
	}
	text, err := io.ReadAll(decoder(bytes.NewReader(head), s.Encoding))
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return s, fmt.Errorf("decode %s: %w", s.Encoding, err)
	}
	s.Lines = firstLines(string(text))
	s.Kind = textKind(string(text))
	if s.Kind == KindHTML {
		if m := titlePattern.FindStringSubmatch(string(text)); m != nil {
			s.Title = m[1]
		}
	}
	return s, nil
}

func sniffEncoding(head []byte) (encoding string, bom bool) {
	switch {
	case bytes.HasPrefix(head, []byte{0xef, 0xbb, 0xbf}):
		return UTF8, true
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}):
		return UTF16LE, true
	case bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		return UTF16BE, true
	}
	even, odd := 0, 0
	sample := head[:min(len(head), 4096)]
	for i, b := range sample {
		if b == 0 && i%2 == 0 {
			even++
		} else if b == 0 {
			odd++
		}
	}
	switch half := len(sample) / 2; {
	case half > 4 && odd > half*6/10 && even < half/20+1:
		return UTF16LE, false
	case half > 4 && even > half*6/10 && odd < half/20+1:
		return UTF16BE, false
	}
	return UTF8, false
}

// looksBinary: text has no control characters but tabs and line ends; a stray NUL or two may be an
// accident of one row.
func looksBinary(head []byte) bool {
	if bytes.HasPrefix(head, []byte("%PDF-")) || bytes.HasPrefix(head, []byte("\x89PNG")) {
		return true
	}
	odd := 0
	for _, b := range head {
		if b < 0x20 && b != '\t' && b != '\n' && b != '\r' && b != '\f' && b != 0x1a && b != 0x1b {
			odd++
		}
	}
	return odd > 2 && odd*50 > len(head)
}

// validUpToCut is utf8.Valid of a head that may end inside a character.
func validUpToCut(head []byte) bool {
	for cut := 0; cut < utf8.UTFMax && cut <= len(head); cut++ {
		if utf8.Valid(head[:len(head)-cut]) {
			return true
		}
	}
	return false
}

// hasMultibyte reports whether some character of the text is a valid sequence of several bytes.
func hasMultibyte(text []byte) bool {
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		if r != utf8.RuneError && size > 1 {
			return true
		}
		text = text[size:]
	}
	return false
}

func textKind(text string) string {
	trimmed := strings.TrimLeft(text, "\ufeff \t\r\n")
	lower := strings.ToLower(trimmed[:min(len(trimmed), 1024)])
	switch {
	case trimmed == "":
		return KindEmpty
	case strings.HasPrefix(trimmed, "{") || strings.HasPrefix(trimmed, "["):
		return KindJSON
	case strings.HasPrefix(lower, "<!doctype html"), strings.HasPrefix(lower, "<html"), strings.HasPrefix(lower, "<head"),
		strings.HasPrefix(lower, "<") && strings.Contains(lower, "<html"):
		return KindHTML
	}
	return KindDelimited
}

func firstLines(text string) []string {
	text = strings.TrimPrefix(text, "\ufeff")
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
	lines := strings.SplitN(text, "\n", headerLines+1)
	return lines[:min(len(lines), headerLines)]
}

// decoder reads any encoding as UTF-8, without a byte order mark. What is invalid in UTF-8 itself
// passes through, to be judged line by line.
func decoder(in io.Reader, encoding string) io.Reader {
	switch encoding {
	case UTF16LE:
		return transform.NewReader(in, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder())
	case UTF16BE:
		return transform.NewReader(in, unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewDecoder())
	case Windows1252:
		return transform.NewReader(in, charmap.Windows1252.NewDecoder())
	}
	return &bomSkipper{in: in}
}

type bomSkipper struct {
	in   io.Reader
	past bool
}

func (b *bomSkipper) Read(p []byte) (int, error) {
	if b.past || len(p) < 3 {
		return b.in.Read(p)
	}
	b.past = true
	n, err := io.ReadAtLeast(b.in, p, 3)
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		err = nil
		if n == 0 {
			err = io.EOF
		}
	}
	if bytes.HasPrefix(p[:n], []byte{0xef, 0xbb, 0xbf}) {
		n = copy(p, p[3:n])
	}
	return n, err
}

// openText opens a member decoded.
func openText(m Member, encoding string) (io.Reader, io.Closer, error) {
	file, err := os.Open(m.Path)
	if err != nil {
		return nil, nil, err
	}
	return decoder(file, encoding), file, nil
}
