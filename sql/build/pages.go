package build

import (
	"cmp"
	"slices"
	"strings"

	"bedrot/sql/script"
)

// pages are the places of the line, the day and the month among the values of a partition, where answers
// come in pages that land as one drop or as several.
//
// Each line of a day is then a partition of its own, so that no page erases another's. Pages of one answer
// share no lines, or a few that shifted from one to the next while they were fetched. So a drop that has
// half or more of what another has of its days, from its first to its last, is no page beside it but a
// newer answer: the lines that it lacks are gone. One that has less, such as a page or the answer about a
// single campaign, takes its own lines and leaves the others.
type pages struct{ line, day, month int }

// pagesOf is nil for a script whose drops are whole.
func pagesOf(s *script.Script) *pages {
	if s.Header.Pages == "" {
		return nil
	}
	p := &pages{line: slices.Index(s.Header.Partition, s.Header.Pages), month: slices.Index(s.Header.Partition, "month")}
	p.day = slices.IndexFunc(s.Header.Partition, func(name string) bool {
		column, _ := s.Column(name)
		return column.Type == "DATE"
	})
	return p
}

// kind is what the lines of an answer have in common: the values but for line, day and month.
func (p *pages) kind(values []string) string {
	common := make([]string, 0, len(values))
	for i, value := range values {
		if i != p.line && i != p.day && i != p.month {
			common = append(common, value)
		}
	}
	return strings.Join(common, "\x00")
}

// days are the first and the last day that a drop has lines of.
type days struct{ first, last string }

func (d days) with(day string) days { return days{min(cmp.Or(d.first, day), day), max(d.last, day)} }

func (d days) hold(day string) bool { return d.first <= day && day <= d.last }

// lacking are the standing lines that a drop, being a newer answer, does not have any more.
func (f *fold) lacking(d *derived) []rawPart {
	if f.pages == nil {
		return nil
	}
	var all days
	told, has := map[string]days{}, map[string]bool{}
	for _, part := range d.Parts {
		kind, day := f.pages.kind(part.Values), part.Values[f.pages.day]
		told[kind], all, has[part.Key] = told[kind].with(day), all.with(day), true
	}
	type answer struct{ kind, drop string }
	shared, lacks := map[answer]int{}, map[answer][]rawPart{}
	for key, standing := range f.winners {
		day := standing.Values[f.pages.day]
		if standing.Rows == 0 || !all.hold(day) { // most of a long history
			continue
		}
		older := answer{f.pages.kind(standing.Values), cmp.Or(standing.By, standing.Drop)}
		switch {
		case has[key]:
			shared[older]++
		case told[older.kind].hold(day):
			lacks[older] = append(lacks[older], rawPart{Key: key, Values: standing.Values})
		}
	}
	var gone []rawPart
	for older, parts := range lacks {
		if shared[older] >= len(parts) {
			gone = append(gone, parts...)
		}
	}
	slices.SortFunc(gone, func(a, b rawPart) int { return compare(a.Key, b.Key) })
	return gone
}

// gone counts the rows that such lines had.
func (f *fold) gone(lacking []rawPart) (rows int64) {
	for _, part := range lacking {
		rows += f.winners[part.Key].Rows
	}
	return rows
}
