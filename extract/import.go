package extract

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"bedrot/zones"
)

// Recogniser says what a file is, and of an archive all that it is. Source and stream, when not empty, are
// what a person said.
type Recogniser func(ctx context.Context, path, source, stream string, labels map[string]string) ([]zones.Recognised, error)

// Importer lands files that people have.
type Importer struct {
	Lake      *zones.Writer
	Recognise Recogniser
	Now       time.Time
	Run       string
	// Select chooses which files are taken; others stay where they are.
	Select zones.Selection
	// DryRun finds out where files belong and lands none.
	DryRun bool
	// Placed, when set, is told where every file of a tree belongs before the first one is landed.
	Placed func([]zones.Imported)
}

// ImportOptions are what a person says about the files; empty fields are found out.
type ImportOptions struct {
	Source, Stream, Account string
	AsOf                    time.Time
	// ModTime takes a file's modification time where nothing else says when it was captured.
	ModTime bool
	Labels  map[string]string
	Origin  string
	// Tree takes whole folders, and tells where their files belong before any is landed.
	Tree bool
}

// Say reads what people say in words: pairs of NAME=VALUE, and a time.
func (o *ImportOptions) Say(labels []string, asOf string) (err error) {
	if o.Labels, err = parseLabels(labels); err != nil {
		return zones.Usage("--set: %v", err)
	}
	if o.AsOf, err = parseTime(asOf); err != nil {
		return zones.Usage("--as-of: %v", err)
	}
	return nil
}

// parseTime reads a capture time as people write it, UTC unless it says otherwise; zero for no text.
func parseTime(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", time.DateTime, time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is no time: write 2025-05-22 or 2025-05-22T14:12:33Z", text)
}

// parseLabels reads NAME=VALUE pairs: what only a file's name could say.
func parseLabels(pairs []string) (map[string]string, error) {
	labels := map[string]string{}
	for _, pair := range pairs {
		name, value, ok := strings.Cut(pair, "=")
		if !ok {
			return nil, fmt.Errorf("%q: write NAME=VALUE", pair)
		}
		labels[name] = value
	}
	return labels, nil
}

// Import lands files. Those of one stream, account and capture time become one drop; an archive with
// files of several streams lands in each. A file that cannot be placed fails alone; nobody's file is
// moved or changed.
func (im *Importer) Import(ctx context.Context, paths []string, o ImportOptions) (_ []zones.Imported, err error) {
	if o.Tree {
		if paths, err = tree(paths...); err != nil {
			return nil, err
		}
	}
	var results []zones.Imported
	groups := map[string][]int{}
	drops := map[string]zones.Drop{}
	var order []string
	for _, path := range paths {
		placed := im.place(ctx, path, o)
		if ctx.Err() != nil {
			return results, fmt.Errorf("stopped: %w", ctx.Err())
		}
		for _, result := range placed {
			drop := result.Drop
			if drop != nil && !im.Select.Has(drop.Source, drop.Stream, drop.Account) {
				result.Skipped = true
			}
			results = append(results, result)
			if drop == nil || result.Skipped || im.DryRun {
				continue
			}
			key := drop.Where() + drop.AsOf.String() + drop.AsOfFrom
			if _, open := groups[key]; !open {
				order = append(order, key)
			}
			groups[key], drops[key] = append(groups[key], len(results)-1), *drop
		}
	}
	if o.Tree && im.Placed != nil {
		im.Placed(results)
	}
	for _, key := range order {
		var files []string
		for _, i := range groups[key] {
			files = append(files, results[i].Path)
		}
		landed, err := im.Lake.Land(ctx, zones.Delivery{Drop: drops[key], Paths: files}, im.Now)
		if ctx.Err() != nil {
			return results, fmt.Errorf("stopped: %w", ctx.Err())
		}
		for _, i := range groups[key] {
			results[i].Drop, results[i].Known, results[i].Err = landed.Drop, landed.Known, err
		}
	}
	return results, nil
}

// place finds out where a file belongs and when it was captured: as told, as its content or its name
// say, when it was packed, else now, with a warning. The answer is at least one, and an error stands alone.
func (im *Importer) place(ctx context.Context, path string, o ImportOptions) []zones.Imported {
	failed := func(err error) []zones.Imported { return []zones.Imported{{Path: path, Err: err}} }
	info, err := os.Stat(path)
	if err != nil {
		return failed(fileError(path, err))
	}
	if info.IsDir() {
		return failed(&zones.Error{Code: "not_a_file", What: "is a folder", Where: path, Next: "bedrot import " + filepath.Join(path, "*")})
	}
	known, err := im.Recognise(ctx, path, o.Source, o.Stream, o.Labels)
	if err != nil {
		return failed(err)
	}
	var placed []zones.Imported
	for _, found := range known {
		if len(found.Missing) > 0 {
			return failed(nameless(path, found))
		}
		result := zones.Imported{Path: path, Drop: &zones.Drop{
			Run: im.Run, Source: found.Source, Stream: found.Stream, Account: o.Account, Labels: o.Labels, Origin: o.Origin,
		}}
		if result.Drop.Account == "" {
			result.Drop.Account = im.Lake.Config.Account(found.Source)
		}
		result.Warning = im.date(result.Drop, path, info, found, o)
		placed = append(placed, result)
	}
	return placed
}

func nameless(path string, found zones.Recognised) error {
	var sets []string
	for _, name := range found.Missing {
		sets = append(sets, "--set "+name+"=…")
	}
	return &zones.Error{
		Code: "name_says_too_little", Where: path,
		What: fmt.Sprintf("this is %s/%s, but only the file's name could say its %s, and it does not", found.Source, found.Stream, strings.Join(found.Missing, " and ")),
		Next: "bedrot import " + strings.Join(sets, " ") + " " + path,
	}
}

// date settles when a drop was captured, and warns when nothing certain says it.
func (im *Importer) date(drop *zones.Drop, path string, info fs.FileInfo, found zones.Recognised, o ImportOptions) (warning string) {
	named, inName := zones.TimeInName(filepath.Base(path))
	switch {
	case !o.AsOf.IsZero():
		drop.AsOf, drop.AsOfFrom = o.AsOf, "flag"
	case !found.AsOf.IsZero():
		drop.AsOf, drop.AsOfFrom = found.AsOf, found.From
	case inName:
		drop.AsOf, drop.AsOfFrom = named, "name"
	case zones.PlausibleTime(found.Packed, im.Now):
		drop.AsOf, drop.AsOfFrom = found.Packed, "archive"
	case o.ModTime:
		drop.AsOf, drop.AsOfFrom = info.ModTime(), "mtime"
		return "captured when the file was last written, for want of a better time: copies may have lost it"
	default:
		drop.AsOf, drop.AsOfFrom = im.Now, "clock"
		return "nothing says when this was captured, so it counts as captured now; if it is older, import it with --as-of 2025-05-22T14:12:33Z"
	}
	return ""
}

func fileError(path string, err error) error {
	what := "cannot be read: " + err.Error()
	if errors.Is(err, fs.ErrNotExist) {
		what = "there is no such file"
	}
	return &zones.Error{Code: "file_unreadable", What: what, Where: path, Next: "bedrot import FILE…", Err: err}
}

// tree lists the files below folders, of which there must be some, and files as they are; hidden ones and
// links are passed over.
func tree(roots ...string) ([]string, error) {
	var paths []string
	for _, root := range roots {
		err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return fileError(path, err)
			case path != root && strings.HasPrefix(entry.Name(), "."):
				if entry.IsDir() {
					return filepath.SkipDir
				}
			case entry.Type().IsRegular():
				paths = append(paths, path)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	if len(paths) == 0 {
		return nil, zones.Usage("there are no files below %s", strings.Join(roots, ", "))
	}
	return paths, nil
}
