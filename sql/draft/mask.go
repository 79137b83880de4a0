// Package draft writes first files for a person to go on from: the script, declaration and case of an
// export nobody has described yet, and cases of rejected rows, with names, ids and amounts replaced.
package draft

import (
	"crypto/sha256"
	"fmt"
	"regexp"
	"strings"
)

// Mask replaces what is private in values: names by numbered ones, the digits of ids, amounts and counts
// by others. The same value always becomes the same, dates and words for "no value" stay, and a value
// keeps its shape, so that what was odd about it is odd still.
type Mask struct {
	names map[string]string
	count map[string]int
}

// NewMask starts a mask.
func NewMask() *Mask { return &Mask{names: map[string]string{}, count: map[string]int{}} }

var (
	// harmless are columns whose words say nothing of anybody.
	harmless = regexp.MustCompile(`(?i)store|shop|service|platform|country|territor|currency|type|status|kind|channel|partner|delivery|category|gender|device|language|month|period|date|format|level|objective`)
	number   = regexp.MustCompile(`^\s*[-+$€£(]*\d`)
	dateLike = regexp.MustCompile(`^\s*(\d{4}[-/.]\d{1,2}([-/.]\d{1,2})?([T ][\d:.+Z-]+)?|\d{1,2}[/.]\d{1,2}[/.]\d{2,4}( [\d:]+( [AP]M)?)?|\d{8})\s*$`)
	odd      = regexp.MustCompile(`(?i)^\s*(|-+|n/?a|nan|null|none|undefined|inf|#[a-z/0-9]+[!?]?)\s*$`)
	address  = regexp.MustCompile(`(?i)@|://`)
	digit    = regexp.MustCompile(`\d`)
	isrc     = regexp.MustCompile(`(?i)^[a-z]{2}-?[a-z0-9]{3}-?\d{2}-?\d{5}$`)
)

// Value replaces a value of a column; an unnamed column is a line of text.
func (m *Mask) Value(column, value string) string {
	switch {
	case odd.MatchString(value), dateLike.MatchString(value):
		return value
	case isrc.MatchString(value):
		return "QZXXX" + m.digits(value[len(value)-7:], value)
	case number.MatchString(value) && len(value) <= 40: // also one with something wrong in it
		return m.digits(value, value)
	case strings.IndexFunc(value, isLetter) >= 0 && (!harmless.MatchString(column) || address.MatchString(value) || len(value) > 80):
		return m.name(column, value)
	case digit.MatchString(value):
		return m.digits(value, value)
	}
	return value
}

func isLetter(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r > 127 }

func (m *Mask) name(column, value string) string {
	word := strings.ToUpper(strings.TrimSpace(column))
	if word == "" {
		word = "TEXT"
	}
	key := word + "\x00" + value
	if m.names[key] == "" {
		m.count[word]++
		m.names[key] = fmt.Sprintf("%s %d", word, m.count[word])
	}
	return m.names[key]
}

// digits puts other digits in place of a text's own, as its whole says; zeros at the front stay, and so
// does a lone zero.
func (m *Mask) digits(text, whole string) string {
	sum := sha256.Sum256([]byte(whole))
	var b strings.Builder
	front, i := true, 0
	for _, r := range text {
		switch {
		case r < '0' || r > '9':
			b.WriteRune(r)
		case front && r == '0':
			b.WriteRune(r)
		default:
			d := sum[i%len(sum)] % 10
			if front && d == 0 {
				d = 1
			}
			front = false
			b.WriteByte('0' + d)
			i++
		}
	}
	return b.String()
}
