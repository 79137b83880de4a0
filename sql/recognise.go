package sql

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"bedrot/sql/build"
	"bedrot/sql/query"
	"bedrot/sql/read"
	"bedrot/sql/script"
	"bedrot/zones"
)

// Recogniser tells by its content what a file is.
type Recogniser struct {
	Catalog *script.Catalog
	Scratch string
	Limits  read.Limits
}

// Recognised is the stream a file belongs to, and what only its name could have said but does not.
type Recognised struct {
	Source, Stream string
	Missing        []string
}

// candidate is a raw script that fits a file.
type candidate struct {
	made   *script.Script
	score  int
	member string
}

// Recognise finds the stream of a file: that of the raw script whose declared columns fit best. Source
// and stream, when given, are believed, and the file must fit them.
func (r Recogniser) Recognise(ctx context.Context, path, source, stream string, labels map[string]string) (Recognised, error) {
	members, err := read.Expand(ctx, path, filepath.Base(path), r.Scratch, r.Limits)
	if err != nil {
		return Recognised{}, r.refused(path, err)
	}
	var best []candidate
	nearest, nearestHave := near{}, 0
	for _, made := range r.Catalog.Raws() {
		if source != "" && made.Source != source || stream != "" && made.Entity != stream || source == "" && made.Source == "catalog" {
			continue
		}
		for _, m := range members {
			match, err := read.Fit(ctx, m, made.Spec())
			if err != nil {
				return Recognised{}, r.refused(path, err)
			}
			if !match.OK {
				if have, want := match.Nearest(made.Spec()); have > nearestHave && want > 0 {
					nearestHave = have
					nearest = near{made.Source + "/" + made.Entity, match.Missing}
				}
				continue
			}
			c := candidate{made, match.Matched - match.Extra, m.Name}
			switch {
			case len(best) == 0 || c.score > best[0].score:
				best = []candidate{c}
			case c.score == best[0].score && c.made != best[0].made:
				best = append(best, c)
			}
		}
	}
	best = byName(best)
	switch len(best) {
	case 0:
		return Recognised{}, r.unknown(path, members, nearest, source, stream)
	case 1:
		found := Recognised{Source: best[0].made.Source, Stream: best[0].made.Entity}
		found.Missing = missingLabels(best[0].made, best[0].member, labels)
		return found, nil
	}
	var names []string
	for _, c := range best {
		names = append(names, c.made.Source+"/"+c.made.Entity)
	}
	return Recognised{}, &zones.Error{
		Code: "file_ambiguous", Where: path, What: "could be " + strings.Join(names, " or "),
		Next: fmt.Sprintf("bedrot import --source %s --stream %s %s", best[0].made.Source, best[0].made.Entity, path),
	}
}

// byName lets the file's name decide between streams with the same header.
func byName(candidates []candidate) []candidate {
	var named []candidate
	for _, c := range candidates {
		for _, pattern := range c.made.Header.Files {
			if pattern.MatchString(filepath.Base(c.member)) {
				named = append(named, c)
				break
			}
		}
	}
	if len(candidates) > 1 && len(named) == 1 {
		return named
	}
	return candidates
}

// missingLabels are the columns that the file's name should hold, when no pattern of the script fits it
// and nobody said them. A pattern decides by itself which of them it needs.
func missingLabels(made *script.Script, member string, labels map[string]string) []string {
	known := build.NameLabels(made, filepath.Base(member))
	if len(known) > 0 {
		return nil
	}
	var missing []string
	for _, name := range made.Labels() {
		if labels[name] == "" {
			missing = append(missing, name)
		}
	}
	return missing
}

func (r Recogniser) refused(path string, err error) error {
	var rejected *read.Rejected
	if !errors.As(err, &rejected) {
		return err
	}
	where := path
	if rejected.Line > 0 {
		where = fmt.Sprintf("%s:%d", path, rejected.Line)
	}
	return &zones.Error{Code: "file_" + rejected.Code, Where: where, What: rejected.Reason, Next: "download it again, then: bedrot import " + path, Err: err}
}

// near is the stream whose columns a file has most of, and those it lacks.
type near struct {
	stream  string
	missing []string
}

func (n near) String() string {
	if n.stream == "" {
		return ""
	}
	return fmt.Sprintf("; nearest is %s, but %s is missing", n.stream, strings.Join(n.missing, ", "))
}

// unknown explains why a file is nothing that is known.
func (r Recogniser) unknown(path string, members []read.Member, nearest near, source, stream string) error {
	e := &zones.Error{
		Code: "file_unknown", Source: source, Stream: stream, Where: path, Columns: nearest.missing,
		What: "is no export that is known" + nearest.String(), Next: "bedrot import --source SOURCE --stream STREAM " + path,
	}
	if source != "" {
		e.What = "is not " + source + "/" + stream + nearest.String()
		if len(nearest.missing) > 0 {
			e.Code = "file_columns"
		}
	}
	if s, err := read.Sniff(members[0]); err == nil && len(members) == 1 {
		switch s.Kind {
		case read.KindEmpty:
			e.Code, e.What, e.Next = "file_empty", "the file is empty", "download it again, then: bedrot import "+path
		case read.KindBinary:
			e.Code, e.What = "file_binary", "the file is binary, no export that is known"
		case read.KindHTML:
			e.Code = "file_html"
			e.What = fmt.Sprintf("is a web page (title %q) that is no export that is known: perhaps a login page saved in its place", s.Title)
		}
	}
	return e
}

// Explain says of each file that waits in the inbox why no run could place it.
func (r Recogniser) Explain(ctx context.Context, lake *zones.Lake, paths []string) []query.Waiting {
	var waiting []query.Waiting
	for _, path := range paths {
		found, err := r.Recognise(ctx, path, "", "", nil)
		w := query.Waiting{File: lake.Rel(path)}
		switch {
		case err != nil:
			w.Reason = err.Error()
		case len(found.Missing) > 0:
			w.Reason = fmt.Sprintf("%s/%s, but its name does not say its %s", found.Source, found.Stream, strings.Join(found.Missing, " and "))
		default:
			w.Reason = fmt.Sprintf("%s/%s: the next run takes it", found.Source, found.Stream)
		}
		waiting = append(waiting, w)
	}
	return waiting
}

// Misfit says why a file named after a stream of a source is none of it, or "".
func (r Recogniser) Misfit(ctx context.Context, path, source string) string {
	stream := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	if r.Catalog.Script("raw."+source+"__"+stream) == nil {
		return "no script reads a file of that name"
	}
	_, err := r.Recognise(ctx, path, source, stream, nil)
	var told *zones.Error
	if errors.As(err, &told) {
		return told.What
	}
	if err != nil {
		return err.Error()
	}
	return ""
}
