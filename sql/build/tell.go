package build

import (
	"context"
	"fmt"
	"os"
	"strings"

	"bedrot/sql/read"
	"bedrot/sql/script"
	"bedrot/zones"
)

// explain adds to a new drop's result what a person needs to act: up to five of the original lines
// that were rejected, undeclared columns, and the reader's warnings.
func (r *run) explain(ctx context.Context, s *script.Script, d *derived, result *DropResult) {
	about := zones.Error{Source: s.Source, Stream: s.Entity, Account: d.Account, Table: s.Table, Drop: d.ID, Step: "raw", Where: d.drop.Where()}
	if len(d.Extra) > 0 {
		drift := about
		drift.Code, drift.Columns = "schema_drift", d.Extra
		drift.What, drift.Next = "columns nobody declared are kept in _extra: "+strings.Join(d.Extra, ", "), "declare them in "+s.Path
		r.find(Finding{Error: drift})
	}
	for _, warning := range d.Warnings {
		odd := about
		odd.Code, odd.What, odd.Next = "file_warning", warning, "bedrot lineage "+s.Table
		r.find(Finding{Error: odd})
	}
	for _, reason := range d.Reasons {
		lines, err := r.rejectedLines(ctx, s, d, reason)
		if err != nil {
			r.Log.WarnContext(ctx, "rejected lines cannot be shown", "drop", d.ID, "error", err)
		}
		result.Examples = append(result.Examples, lines...)
		r.Journal.Add(zones.Event{
			Kind: "reject", Source: s.Source, Stream: s.Entity, Account: d.Account, Drop: d.ID, Table: s.Table,
			Message: reason.Reason, Rejects: &reason.Rows, Value: strings.Join(lines, "\n"),
		})
	}
	result.Examples = result.Examples[:min(5, len(result.Examples))]
}

func (r *run) rejectedLines(ctx context.Context, s *script.Script, d *derived, reason rejected) ([]string, error) {
	var texts []string
	for _, row := range reason.First {
		line, err := LineOf(ctx, r.Lake.Lake, s, d.drop, r.scratch("lines"), r.Limits, d.place(row))
		if err != nil {
			return texts, err
		}
		texts = append(texts, fmt.Sprintf("%s:%d: %s: %s", line.File, line.Line.Line, reason.Reason, line.Text))
	}
	return texts, nil
}

// Place is a record of a drop's file.
type Place struct {
	File   string // as in _file
	Record int64  // as in _row
}

// place finds the file and record of a row of the raw file.
func (d *derived) place(row int64) Place {
	for i := len(d.Members) - 1; i >= 0; i-- {
		if m := d.Members[i]; row >= m.Start {
			return Place{m.Name, row - m.Start + 1}
		}
	}
	return Place{}
}

// OriginalLine is a record as it stands in the landed file.
type OriginalLine struct {
	File string
	read.Line
}

// LineOf finds a record's own line in the file as it was landed.
func LineOf(ctx context.Context, lake *zones.Lake, s *script.Script, drop *zones.Drop, scratch string, limits read.Limits, place Place) (OriginalLine, error) {
	lines, err := LinesOf(ctx, lake, s, drop, scratch, limits, place.File, []int64{place.Record})
	if err != nil || len(lines) == 0 {
		return OriginalLine{File: place.File}, err
	}
	return lines[0], nil
}

// LinesOf finds several records of one file of a drop in one pass over it.
func LinesOf(ctx context.Context, lake *zones.Lake, s *script.Script, drop *zones.Drop, scratch string, limits read.Limits, file string, records []int64) ([]OriginalLine, error) {
	m, err := MemberOf(ctx, lake, drop, scratch, limits, file)
	if err != nil {
		return nil, err
	}
	lines, err := read.Lines(ctx, m, s.Spec(), records)
	if err != nil {
		return nil, err
	}
	found := make([]OriginalLine, len(lines))
	for i, line := range lines {
		found[i] = OriginalLine{File: file, Line: line}
	}
	return found, nil
}

// MemberOf opens one file of a drop, unpacked into scratch if it must be.
func MemberOf(ctx context.Context, lake *zones.Lake, drop *zones.Drop, scratch string, limits read.Limits, file string) (read.Member, error) {
	if err := os.MkdirAll(scratch, 0o700); err != nil {
		return read.Member{}, err
	}
	for _, landedFile := range drop.Files {
		if file != landedFile.Name && !strings.HasPrefix(file, landedFile.Name+"/") {
			continue
		}
		path, err := lake.Original(ctx, drop, landedFile, scratch)
		if err != nil {
			return read.Member{}, err
		}
		members, err := read.Expand(ctx, path, landedFile.Name, scratch, limits)
		if err != nil {
			return read.Member{}, err
		}
		for _, m := range members {
			if m.Name == file {
				return m, nil
			}
		}
	}
	return read.Member{}, fmt.Errorf("drop %s has no file %s", drop.ID, file)
}
