package sql

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

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

// candidate is a raw script that fits a file.
type candidate struct {
	made   *script.Script
	score  int
	member string
	match  read.Match
}

// Recognise finds the streams of a file: those of the raw scripts whose declared columns fit best. An
// archive may hold files of several streams of a source; any other file belongs to one. Source and
// stream, when given, are believed, and the file must fit them.
func (r Recogniser) Recognise(ctx context.Context, path, source, stream string, labels map[string]string) ([]zones.Recognised, error) {
	members, err := read.Expand(ctx, path, filepath.Base(path), r.Scratch, r.Limits)
	if err != nil {
		return nil, r.refused(path, err)
	}
	var found []zones.Recognised
	var nearest near
	var packed time.Time
	for _, m := range members {
		if m.Packed.After(packed) {
			packed = m.Packed
		}
		best, close, err := r.best(ctx, m, source, stream)
		if err != nil {
			return nil, r.refused(path, err)
		}
		if close.have > nearest.have {
			nearest = close
		}
		switch len(best) {
		case 0:
			if name := r.private([]read.Member{m}); name != "" && len(members) > 1 { // the rest of the archive would bring it along
				return nil, &zones.Error{
					Code: "file_private", Where: path, What: fmt.Sprintf("its %s holds %q: personal data never lands", m.Name, name),
					Next: "import only the files of it that hold none",
				}
			}
			continue
		case 1:
		default:
			return nil, ambiguous(path, best)
		}
		at := slices.IndexFunc(found, func(f zones.Recognised) bool {
			return f.Source == best[0].made.Source && f.Stream == best[0].made.Entity
		})
		if at >= 0 {
			continue
		}
		if len(found) > 0 && found[0].Source != best[0].made.Source {
			return nil, &zones.Error{
				Code: "file_ambiguous", Where: path, What: fmt.Sprintf("holds files of %s and of %s", found[0].Source, best[0].made.Source),
				Next: "unpack it and import what it holds",
			}
		}
		found = append(found, best[0].recognised(labels))
	}
	if len(found) == 0 {
		return nil, r.unknown(ctx, path, members, nearest, source, stream)
	}
	for i := range found {
		found[i].Packed = packed
	}
	return found, nil
}

// best are the raw scripts that fit a file best, and the one that nearly does.
func (r Recogniser) best(ctx context.Context, m read.Member, source, stream string) (best []candidate, nearest near, err error) {
	looked, err := read.Look(m)
	if err != nil {
		return nil, nearest, err
	}
	for _, made := range r.Catalog.Raws() {
		if source != "" && made.Source != source || stream != "" && made.Entity != stream || source == "" && made.Source == "catalog" {
			continue
		}
		match, err := looked.Fit(ctx, made.Spec())
		if err != nil {
			return nil, nearest, err
		}
		if !match.OK {
			if have, want := match.Nearest(made.Spec()); have > nearest.have && want > 0 {
				nearest = near{made.Source + "/" + made.Entity, match.Missing, have}
			}
			continue
		}
		c := candidate{made, match.Score(), m.Name, match}
		switch {
		case len(best) == 0 || c.score > best[0].score:
			best = []candidate{c}
		case c.score == best[0].score:
			best = append(best, c)
		}
	}
	return byName(best), nearest, nil
}

func (c candidate) recognised(labels map[string]string) zones.Recognised {
	found := zones.Recognised{Source: c.made.Source, Stream: c.made.Entity}
	named := build.NameLabels(c.made, c.member)
	if at, ok := capturedAt(named[script.CaptureGroup]); ok {
		found.AsOf, found.From = at, "name"
	} else if at, ok := capturedAt(c.match.Captured); ok {
		found.AsOf, found.From = at, "content"
	}
	delete(named, script.CaptureGroup)
	maps.Copy(named, c.match.Labels)
	if len(named) > 0 { // a pattern decides by itself which of its parts it needs
		return found
	}
	for _, name := range c.made.NeededLabels() {
		if labels[name] == "" {
			found.Missing = append(found.Missing, name)
		}
	}
	return found
}

// capturedAt reads a time of capture: an epoch in seconds or milliseconds, or a date and time.
func capturedAt(text string) (time.Time, bool) {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		switch len(text) {
		case 10:
			return time.Unix(n, 0).UTC(), true
		case 13:
			return time.UnixMilli(n).UTC(), true
		}
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05-0700", "2006-01-02T15:04:05", time.DateTime, "20060102_150405", "20060102150405", "20060102T150405Z"} {
		if at, err := time.Parse(layout, text); err == nil {
			return at.UTC(), true
		}
	}
	return time.Time{}, false
}

func ambiguous(path string, candidates []candidate) error {
	var names []string
	for _, c := range candidates {
		names = append(names, c.made.Source+"/"+c.made.Entity)
	}
	return &zones.Error{
		Code: "file_ambiguous", Where: path, What: "could be " + strings.Join(names, " or "),
		Next: fmt.Sprintf("bedrot import --source %s --stream %s %s", candidates[0].made.Source, candidates[0].made.Entity, path),
	}
}

// byName lets the file's own name decide between streams with the same header, else that of its archive.
func byName(candidates []candidate) []candidate {
	for _, has := range []func(c candidate) bool{
		func(c candidate) bool { return build.OwnName(c.made, c.member) },
		func(c candidate) bool { return len(build.NameLabels(c.made, c.member)) > 0 },
	} {
		named := slices.DeleteFunc(slices.Clone(candidates), func(c candidate) bool { return !has(c) })
		if len(candidates) > 1 && len(named) == 1 {
			return named
		}
	}
	return candidates
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
	have    int
}

func (n near) String() string {
	if n.stream == "" {
		return ""
	}
	return fmt.Sprintf("; nearest is %s, but %s is missing", n.stream, strings.Join(n.missing, ", "))
}

// unknown explains why a file is nothing that is known.
func (r Recogniser) unknown(ctx context.Context, path string, members []read.Member, nearest near, source, stream string) error {
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
	if name := r.private(members); name != "" {
		e.Code, e.What, e.Next = "file_private", fmt.Sprintf("holds %q: personal data never lands", name), "delete it"
		return e
	}
	if e.Code != "file_unknown" || source != "" {
		return e
	}
	if p, ok, err := read.ProfileOf(ctx, members[0]); err == nil && ok {
		e.What += "; " + p.String()
		e.Next = "bedrot profile " + path + "   (--draft drafts a source of it), or, a statement: a mapping in LAKE/catalog/mappings"
	}
	return e
}

// private is a key of personal data, of those any script refuses, that a file no script reads holds.
func (r Recogniser) private(members []read.Member) string {
	var refuse []string
	for _, made := range r.Catalog.Raws() {
		refuse = append(refuse, made.Header.Refuse...)
	}
	for _, m := range members {
		if name, err := read.PrivateKey(m, refuse); err == nil && name != "" {
			return name
		}
	}
	return ""
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
		case len(found[0].Missing) > 0:
			w.Reason = fmt.Sprintf("%s/%s, but its name does not say its %s", found[0].Source, found[0].Stream, strings.Join(found[0].Missing, " and "))
		default:
			w.Reason = fmt.Sprintf("%s/%s: the next run takes it", found[0].Source, found[0].Stream)
		}
		waiting = append(waiting, w)
	}
	return waiting
}

// Misfit says why a file of LAKE/catalog is not what its name says, or "".
func Misfit(ctx context.Context, catalog *script.Catalog, path string) string {
	const source = "catalog"
	stream := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	if catalog.Script("raw."+source+"__"+stream) == nil {
		return "no script reads a file of that name"
	}
	scratch, err := os.MkdirTemp("", "bedrot-misfit-")
	if err != nil {
		return err.Error()
	}
	defer func() { _ = os.RemoveAll(scratch) }()
	_, err = Recogniser{Catalog: catalog, Scratch: scratch}.Recognise(ctx, path, source, stream, nil)
	var told *zones.Error
	if errors.As(err, &told) {
		return told.What
	}
	if err != nil {
		return err.Error()
	}
	return ""
}
