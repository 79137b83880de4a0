package read

import (
	"context"
	"errors"
	"slices"

	"github.com/xuri/excelize/v2"
)

// Fit tells whether a member can be what a spec describes, by its header or its structure.
func Fit(ctx context.Context, m Member, spec Spec) (match Match, err error) {
	s, err := Sniff(m)
	if err != nil {
		return match, err
	}
	if s.refuse(spec) != nil {
		return match, nil
	}
	if spec.Format != "csv" {
		return fitElements(ctx, m, spec, s)
	}
	if s.Kind != KindSheet {
		match = spec.MatchLines(s.Lines)
		return match, nil
	}
	book, err := excelize.OpenFile(m.Path)
	if err != nil {
		return match, reject("archive", "the workbook cannot be read: %v", err)
	}
	defer func() { err = errors.Join(err, book.Close()) }()
	for _, sheet := range book.GetSheetList() {
		lines, err := sheetHead(book, sheet)
		if err != nil {
			return match, err
		}
		h, missing := spec.locateCells(lines)
		if h != nil {
			return Match{OK: true, Matched: h.matched, Extra: len(h.extra), Line: h.line + 1}, nil
		}
		if match.Missing == nil || len(missing) < len(match.Missing) {
			match.Missing = missing
		}
	}
	return match, nil
}

func fitElements(ctx context.Context, m Member, spec Spec, s Sniffed) (Match, error) {
	if spec.Format == "json" && s.Kind != KindJSON || spec.Format == "html" && s.Kind != KindHTML {
		return Match{}, nil
	}
	rules, err := parseRecords(spec.Records)
	if err != nil {
		return Match{}, err
	}
	found := false
	err = eachElement(ctx, m, rules, s.Encoding, func(element) error {
		found = true
		return errEnough
	})
	var damaged *Rejected
	if errors.Is(err, errEnough) || errors.As(err, &damaged) {
		err = nil
	}
	return Match{OK: found, Matched: 1}, err
}

// Nearest says how far a header is from a spec: how many required columns it has, of how many.
func (m Match) Nearest(spec Spec) (have, want int) {
	required := slices.DeleteFunc(slices.Clone(spec.Columns), func(c Column) bool { return c.Optional })
	return len(required) - len(m.Missing), len(required)
}
