package draft

import (
	"context"
	"encoding/csv"
	"path"
	"strings"

	"bedrot/sql/read"
	"bedrot/sql/script"
)

// Rejects drafts a case of rejected records of one file: the records, masked, below the file's own header,
// and the reasons that are wanted. The number is what the case's folder ends in.
func Rejects(ctx context.Context, s *script.Script, m read.Member, records []int64, reasons []string) (Files, error) {
	mask := NewMask()
	text, err := read.Excerpt(ctx, m, s.Spec(), records, mask.Value)
	if err != nil {
		return nil, err
	}
	var want strings.Builder
	w := csv.NewWriter(&want)
	_ = w.Write([]string{"reject_reason"})
	for _, reason := range reasons {
		_ = w.Write([]string{reason})
	}
	w.Flush()
	return Files{
		path.Join("landing", s.Source, s.Entity, "main", fileName(s, path.Base(m.Name), mask)): string(text),
		path.Join("want", s.Table+"__rejected.csv"):                                            want.String(),
	}, nil
}

// fileName is a file's name with the names in it masked: for some streams it is all that says the artist.
func fileName(s *script.Script, name string, mask *Mask) string {
	for _, pattern := range s.Header.Files {
		m := pattern.FindStringSubmatchIndex(name)
		if m == nil {
			continue
		}
		var b strings.Builder
		at := 0
		for i, group := range pattern.SubexpNames() {
			if group == "" || group == script.CaptureGroup || m[2*i] < at {
				continue
			}
			b.WriteString(name[at:m[2*i]] + mask.Value(group, name[m[2*i]:m[2*i+1]]))
			at = m[2*i+1]
		}
		return b.String() + name[at:]
	}
	return name
}
