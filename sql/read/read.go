// Package read turns a landed file into something DuckDB can read exactly, and counts its records and
// its money on its own, so that nothing DuckDB might lose can go unnoticed.
//
// A plain file is read where it lies. One with a wart (another encoding, a preamble, mixed line ends,
// records of the wrong length, a stray quote; a sheet, JSON, a page) is copied into a canonical form,
// in which a record that cannot be read keeps its place and says why.
package read

import (
	"fmt"
	"math/big"
	"regexp"
	"strings"
)

// Spec says what a stream's files look like; it comes from a raw script's header.
type Spec struct {
	Format  string   // csv, json or html
	Columns []Column // of delimited files and sheets; of JSON, the keys of its records
	// Some are lists of declared columns; a header has at least one of each, though each is optional.
	Some    [][]string
	Records string // where the records of json and html are; of csv, {title}[] for tables one below the other
	// Preamble is matched against the lines above the header; what its groups are named become columns.
	Preamble *regexp.Regexp
	// Captured is the path to the time of capture in a JSON document.
	Captured string
	// Refuse are keys or columns that no file may have: they hold what is nobody's business.
	Refuse []string
	Money  string // the declared column whose values are summed, by its first spelling; "" is none
	Last   string // the declared column whose value in the last record is told; "" is none
	Empty  bool   // a header without rows is an answer
}

// Column is a declared column. Names[0] is what it is called from here on. A pattern is a spelling, too;
// what its named groups say, such as the currency in a header, becomes a label.
type Column struct {
	Names    []string
	Patterns []*regexp.Regexp
	Optional bool
}

// bufferSize is of what is read or written in a row: more costs memory with every small file and gains
// nothing with large ones.
const bufferSize = 64 << 10

// Limits bound what one file may cost; zero values are the defaults.
type Limits struct {
	MaxRecordBytes   int64 // 1 MiB: a longer record is bad, whatever is in it
	MaxMembers       int   // 100 files in an archive
	MaxExpandedBytes int64 // 64 GiB out of an archive
	MaxRatio         int64 // 200 times its packed size, looked at past 100 MB
}

func (l Limits) withDefaults() Limits {
	if l.MaxRecordBytes == 0 {
		l.MaxRecordBytes = 1 << 20
	}
	if l.MaxMembers == 0 {
		l.MaxMembers = 100
	}
	if l.MaxExpandedBytes == 0 {
		l.MaxExpandedBytes = 64 << 30
	}
	if l.MaxRatio == 0 {
		l.MaxRatio = 200
	}
	return l
}

// Rejected says that a file cannot be what the stream's files are.
type Rejected struct {
	Code   string // empty, binary, html, columns, header, no_rows, json, records or archive
	Reason string
	Line   int64
}

func (r *Rejected) Error() string { return r.Reason }

func reject(code, format string, args ...any) error {
	return &Rejected{Code: code, Reason: fmt.Sprintf(format, args...)}
}

// Layout is how a delimited file is written.
type Layout struct {
	Encoding   string // utf-8, utf-16le, utf-16be or windows-1252
	BOM        bool
	Delim      string
	NewLine    string // "\n", "\r" or "\r\n"; "" when mixed
	HeaderLine int    // 1-based physical line
	Quoted     bool   // a quote at the beginning of a field opens it
}

// Table is a member made readable.
type Table struct {
	Member    Member
	Path      string // what DuckDB reads: the member itself when plain, else a copy
	Canonical bool
	Layout    Layout
	// Delim, NewLine, Quote and Skip are read_csv's options for Path, which is read without a header.
	Delim, NewLine string
	Quote          bool
	Skip           int
	Fields         []string          // names for Path's columns, in order
	Source         map[string]string // declared column (or record, or a column of the records expression) → field
	Extra          map[string]string // header of an undeclared column → field
	ExtraField     string            // of JSON: the field with the undeclared keys of each record
	ExtraNames     []string          // all of them
	Labels         map[string]string // what the header and the lines above it say
	Last           string            // the spec's last column in the last record that can be read
	ProblemField   string            // the field that says why a record is bad; "" when none is
	Records        int64             // good and bad
	Bad            int64
	Warnings       []string
	money          Money
}

// MoneyText is the exact sum of the money column over the records that hold a plain decimal there.
func (t Table) MoneyText() string { return t.money.String() }

// Money is an exact sum of decimals with up to 18 places.
type Money struct {
	whole, fraction int64 // fraction in units of 1e-18, of the same sign or zero
	beyond          *big.Rat
}

const places = 18

var oneWhole = int64(1e18)

// Add adds a plain decimal: an optional sign, digits, and up to 18 decimals; it reports whether the
// text is one. The same rule decides in the engine, so that both sums are of the same rows.
func (m *Money) Add(text []byte) bool {
	text = trimSpace(text)
	digits := text
	negative := false
	if len(digits) > 0 && (digits[0] == '-' || digits[0] == '+') {
		negative = digits[0] == '-'
		digits = digits[1:]
	}
	var whole, fraction int64
	i := 0
	for ; i < len(digits) && digits[i] >= '0' && digits[i] <= '9'; i++ {
		if i < 18 {
			whole = whole*10 + int64(digits[i]-'0')
		}
	}
	wholeDigits, decimals := i, 0
	if i < len(digits) && digits[i] == '.' {
		for i++; i < len(digits) && digits[i] >= '0' && digits[i] <= '9'; i++ {
			if decimals++; decimals <= places {
				fraction = fraction*10 + int64(digits[i]-'0')
			}
		}
		if decimals == 0 {
			return false
		}
	}
	if wholeDigits == 0 || wholeDigits > 20 || decimals > places || i != len(digits) {
		return false
	}
	if wholeDigits > 15 {
		return m.addBeyond(string(text))
	}
	for range places - decimals {
		fraction *= 10
	}
	if negative {
		whole, fraction = -whole, -fraction
	}
	m.whole += whole
	m.fraction += fraction
	if m.fraction >= oneWhole || m.fraction <= -oneWhole {
		m.whole += m.fraction / oneWhole
		m.fraction %= oneWhole
	}
	return true
}

func (m *Money) addBeyond(text string) bool {
	value, ok := new(big.Rat).SetString(text)
	if !ok {
		return false
	}
	if m.beyond == nil {
		m.beyond = new(big.Rat)
	}
	m.beyond.Add(m.beyond, value)
	return true
}

// String writes the sum with 18 decimals.
func (m *Money) String() string {
	sum := new(big.Rat).SetInt64(m.whole)
	sum.Add(sum, big.NewRat(m.fraction, oneWhole))
	if m.beyond != nil {
		sum.Add(sum, m.beyond)
	}
	return sum.FloatString(places)
}

func trimSpace(b []byte) []byte {
	for len(b) > 0 && b[0] == ' ' {
		b = b[1:]
	}
	for len(b) > 0 && b[len(b)-1] == ' ' {
		b = b[:len(b)-1]
	}
	return b
}

// key is how headers are compared: case and surrounding space do not matter.
func key(header string) string { return strings.ToLower(strings.Trim(header, blank)) }

// blank is what may stand around a header.
const blank = " \t\u00a0\ufeff\r\n"
