package read

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"github.com/xuri/excelize/v2"
)

// Fit tells whether a member can be what a spec describes, by its header or its structure.
func Fit(ctx context.Context, m Member, spec Spec) (Match, error) {
	l, err := Look(m)
	if err != nil {
		return Match{}, err
	}
	return l.Fit(ctx, spec)
}

// Looked is a member whose beginning has been read, to be held against many specs.
type Looked struct {
	member  Member
	sniffed Sniffed
	sheets  []sheet
}

// Look reads the beginning of a member.
func Look(m Member) (l *Looked, err error) {
	l = &Looked{member: m}
	if l.sniffed, err = Sniff(m); err != nil || l.sniffed.Kind != KindSheet {
		return l, err
	}
	book, err := excelize.OpenFile(m.Path)
	if err != nil {
		return nil, reject("archive", "the workbook cannot be read: %v", err)
	}
	l.sheets, err = sheetsOf(book)
	return l, errors.Join(err, book.Close())
}

// Fit is as the function Fit.
func (l *Looked) Fit(ctx context.Context, spec Spec) (Match, error) {
	s := l.sniffed
	if s.refuse(spec) != nil {
		return Match{}, nil
	}
	if spec.Format != "csv" {
		return fitElements(ctx, l.member, spec, s)
	}
	if spec.blockTitle() != "" {
		return spec.fitBlocks(ctx, s.Lines)
	}
	if s.Kind != KindSheet {
		h, missing := spec.locate(s.Lines)
		if h == nil {
			return Match{Missing: missing}, nil
		}
		return h.match(spec, s.Lines), spec.private(spec.refused(h.names))
	}
	at, missing := spec.findSheet(l.sheets)
	if at == nil {
		return Match{Missing: missing}, nil
	}
	return at.header.match(spec, at.lines), spec.private(spec.refused(at.header.names))
}

// sampled is how many records of a document are looked at to tell what it is.
const sampled = 200

func fitElements(ctx context.Context, m Member, spec Spec, s Sniffed) (Match, error) {
	if spec.Format == "json" && s.Kind != KindJSON || spec.Format == "html" && s.Kind != KindHTML {
		return Match{}, nil
	}
	rules, err := parseRecords(spec.Records)
	if err != nil {
		return Match{}, err
	}
	found, keys := 0, spec.newKeys()
	_, err = eachElement(ctx, m, rules, s.Encoding, func(e element) error {
		if _, err := keys.add(e.value); err != nil {
			return err
		}
		if found++; found == sampled || len(spec.Columns) == 0 {
			return errEnough
		}
		return nil
	})
	var damaged *Rejected
	isDamaged := errors.As(err, &damaged)
	if errors.Is(err, errEnough) || isDamaged {
		err = nil
	}
	if err != nil || found == 0 {
		return Match{Missing: keys.missing()}, err
	}
	match := Match{Matched: 1, Missing: keys.missing()}
	if match.OK = len(match.Missing) == 0; !match.OK || spec.Format != "json" {
		return match, nil
	}
	if len(spec.Columns) > 0 {
		match.Extra = len(keys.undeclared())
		match.Matched = len(keys.seen) - match.Extra
	}
	if isDamaged { // told by whoever reads the whole of it
		return match, nil
	}
	if match.Captured, err = captured(m, spec, s); err != nil {
		return match, err
	}
	name, err := PrivateKey(m, spec.Refuse)
	return match, errors.Join(err, spec.private(name))
}

// captured is what a document says of the time it was captured at.
func captured(m Member, spec Spec, s Sniffed) (text string, err error) {
	if spec.Captured == "" {
		return "", nil
	}
	in, closer, err := openText(m, s.Encoding)
	if err != nil {
		return "", err
	}
	defer func() { _ = closer.Close() }()
	_, err = documents(in, parsePath(spec.Captured), nil, func(e element) error {
		text, _ = e.value.(string)
		return errEnough
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return text, err
}

// PrivateKey is the first of some keys that occurs anywhere in a document, or in the header of a table; or "".
func PrivateKey(m Member, refuse []string) (string, error) {
	if len(refuse) == 0 {
		return "", nil
	}
	s, err := Sniff(m)
	if err == nil && s.Kind == KindDelimited && len(s.Lines) > 0 {
		for _, delim := range delimiters {
			names, _ := splitHeader(s.Lines[0], delim)
			if name := (Spec{Refuse: refuse}).refused(names); name != "" {
				return name, nil
			}
		}
	}
	if err != nil || s.Kind != KindJSON {
		return "", err
	}
	in, closer, err := openText(m, s.Encoding)
	if err != nil {
		return "", err
	}
	defer func() { _ = closer.Close() }()
	decoder := json.NewDecoder(in)
	decoder.UseNumber()
	inObject, isKey := []bool{}, false
	for {
		token, err := decoder.Token()
		if err != nil { // the end, or damage that the reader tells
			return "", nil //nolint:nilerr // see above
		}
		switch token := token.(type) {
		case json.Delim:
			if token == '{' || token == '[' {
				inObject = append(inObject, token == '{')
			} else {
				inObject = inObject[:len(inObject)-1]
			}
			isKey = len(inObject) > 0 && inObject[len(inObject)-1]
			continue
		case string:
			if isKey && slices.Contains(refuse, token) {
				return token, nil
			}
		}
		isKey = !isKey && len(inObject) > 0 && inObject[len(inObject)-1]
	}
}

// Nearest says how far a header is from a spec: how many required columns it has, of how many.
func (m Match) Nearest(spec Spec) (have, want int) {
	required := spec.required()
	if !m.OK && len(m.Missing) == 0 { // another kind of file
		return 0, required
	}
	return required - len(m.Missing), required
}
