package extract

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"bedrot/zones"
)

// Recognised is what a file's content and name say it is.
type Recognised struct {
	Source, Stream string
	// AsOf is the capture time that the file says itself, From whether its content or its name does.
	AsOf time.Time
	From string
	// Missing are columns that only the file's name could hold and does not, such as artist.
	Missing []string
	// Packed is the newest time that an archive says of its files.
	Packed time.Time
}

// Recogniser says what a file is, and of an archive all that it is. Source and stream, when not empty, are
// what a person said.
type Recogniser func(ctx context.Context, path, source, stream string, labels map[string]string) ([]Recognised, error)

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
	// Placed, when set, is told where every file belongs before the first one is landed.
	Placed func([]Imported)
}

// ImportOptions are what a person says about the files; empty fields are found out.
type ImportOptions struct {
	Source, Stream, Account string
	AsOf                    time.Time
	// ModTime takes a file's modification time where nothing else says when it was captured.
	ModTime bool
	Labels  map[string]string
	Origin  string
}

// ParseTime reads a capture time as people write it, UTC unless it says otherwise; zero for no text.
func ParseTime(text string) (time.Time, error) {
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

// ParseLabels reads NAME=VALUE pairs: what only a file's name could say.
func ParseLabels(pairs []string) (map[string]string, error) {
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

// Imported is what became of one file in one of its streams.
type Imported struct {
	Path    string
	Drop    *zones.Drop
	Known   bool   // the same bytes were landed before
	Warning string // the capture time is only the clock's
	Skipped bool   // it belongs to what was not chosen
	Err     error
}

// Import lands files. Those of one stream, account and capture time become one drop; an archive with
// files of several streams lands in each. A file that cannot be placed fails alone; nobody's file is
// moved or changed.
func (im *Importer) Import(ctx context.Context, paths []string, o ImportOptions) ([]Imported, error) {
	var results []Imported
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
	if im.Placed != nil {
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
func (im *Importer) place(ctx context.Context, path string, o ImportOptions) []Imported {
	failed := func(err error) []Imported { return []Imported{{Path: path, Err: err}} }
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
	var placed []Imported
	for _, found := range known {
		if len(found.Missing) > 0 {
			return failed(nameless(path, found))
		}
		result := Imported{Path: path, Drop: &zones.Drop{
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

func nameless(path string, found Recognised) error {
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
func (im *Importer) date(drop *zones.Drop, path string, info fs.FileInfo, found Recognised, o ImportOptions) (warning string) {
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

// Tree lists the files below folders, and files as they are; hidden ones and links are passed over.
func Tree(roots ...string) ([]string, error) {
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
	return paths, nil
}

// Inbox lands what people put into inbox/<account>/ or inbox/ and takes it from there once it is
// safely landed. What cannot be placed stays.
func (im *Importer) Inbox(ctx context.Context) ([]Imported, error) {
	var all []Imported
	for _, account := range append([]string{""}, im.inboxAccounts()...) {
		paths, err := InboxFiles(im.Lake.Lake, account)
		if err != nil {
			return all, err
		}
		if len(paths) == 0 {
			continue
		}
		imported, err := im.Import(ctx, paths, ImportOptions{Account: account, Origin: "inbox"})
		all = append(all, imported...)
		if err != nil {
			return all, err
		}
		for _, path := range paths {
			stays := func(file Imported) bool { return file.Path == path && (file.Err != nil || file.Skipped) }
			if im.DryRun || slices.ContainsFunc(imported, stays) {
				continue
			}
			if err := im.Lake.Files.Remove(path); err != nil {
				return all, err
			}
		}
	}
	return all, nil
}

func (im *Importer) inboxAccounts() []string {
	entries, err := os.ReadDir(im.Lake.Path("inbox"))
	if err != nil {
		return nil
	}
	var accounts []string
	for _, entry := range entries {
		if entry.IsDir() && zones.CheckName("account", entry.Name()) == nil {
			accounts = append(accounts, entry.Name())
		}
	}
	return accounts
}

// InboxFiles lists the files that wait in the inbox for an account; hidden files are passed over, as
// are those a browser is still downloading.
func InboxFiles(lake *zones.Lake, account string) ([]string, error) {
	dir := lake.Path("inbox", account)
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var paths []string
	for _, entry := range entries {
		name := entry.Name()
		partial := strings.HasSuffix(name, ".part") || strings.HasSuffix(name, ".crdownload") || strings.HasSuffix(name, ".tmp")
		if !entry.IsDir() && !strings.HasPrefix(name, ".") && !partial {
			paths = append(paths, filepath.Join(dir, name))
		}
	}
	slices.Sort(paths)
	return paths, err
}

// Catalog lands the files of LAKE/catalog that people have changed since they were last landed.
func (im *Importer) Catalog(ctx context.Context) ([]Imported, error) {
	var all []Imported
	for _, stream := range names().Streams {
		if !im.Select.Has("catalog", stream.Name, "main") {
			continue
		}
		path := im.Lake.Path("catalog", stream.Name+".csv")
		data, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return all, fileError(path, err)
		}
		changed, err := im.catalogChanged(stream.Name, path, data)
		if err != nil {
			return all, err
		}
		if !changed {
			continue
		}
		drop := zones.Drop{
			Run: im.Run, Source: "catalog", Stream: stream.Name, Account: "main", AsOf: im.Now, AsOfFrom: "flag", Origin: "catalog",
		}
		if im.DryRun {
			all = append(all, Imported{Path: path, Drop: &drop})
			continue
		}
		landed, err := im.Lake.Land(ctx, zones.Delivery{Drop: drop, Paths: []string{path}}, im.Now)
		if err != nil {
			return all, err
		}
		all = append(all, Imported{Path: path, Drop: landed.Drop, Known: landed.Known})
	}
	return all, nil
}

// catalogChanged compares a catalog file with the drop it last became. One that has only its header
// is not worth landing as the first.
func (im *Importer) catalogChanged(stream, path string, data []byte) (bool, error) {
	ids, err := im.Lake.DropIDs("catalog", stream, "main")
	if err != nil {
		return false, err
	}
	if len(ids) == 0 {
		return strings.Count(strings.TrimSpace(string(data)), "\n") > 0, nil
	}
	newest, err := im.Lake.ReadDrop("catalog", stream, "main", ids[len(ids)-1])
	if err != nil {
		return false, err
	}
	sum, _, err := zones.HashFile(path)
	return err == nil && newest.Files[0].SHA256 != sum, err
}

// Waiting lists the files that still wait in the inbox.
func Waiting(lake *zones.Lake) ([]string, error) {
	im := &Importer{Lake: &zones.Writer{Lake: lake}}
	var all []string
	for _, account := range append([]string{""}, im.inboxAccounts()...) {
		paths, err := InboxFiles(lake, account)
		if err != nil {
			return nil, err
		}
		all = append(all, paths...)
	}
	return all, nil
}
