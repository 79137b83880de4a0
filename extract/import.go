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
	// AsOf is the capture time found in the content, zero when there is none.
	AsOf time.Time
	// Missing are columns that only the file's name could hold and does not, such as artist.
	Missing []string
}

// Recogniser says what a file is. Source and stream, when not empty, are what a person said.
type Recogniser func(ctx context.Context, path, source, stream string, labels map[string]string) (Recognised, error)

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

// Imported is what became of one file.
type Imported struct {
	Path    string
	Drop    *zones.Drop
	Known   bool   // the same bytes were landed before
	Warning string // the capture time is only the clock's
	Skipped bool   // it belongs to what was not chosen
	Err     error
}

// Import lands files. Those of one stream, account and capture time become one drop. A file that
// cannot be placed fails alone; nobody's file is moved or changed.
func (im *Importer) Import(ctx context.Context, paths []string, o ImportOptions) ([]Imported, error) {
	results := make([]Imported, len(paths))
	groups := map[string][]int{}
	drops := map[string]zones.Drop{}
	var order []string
	for i, path := range paths {
		results[i].Path = path
		drop, warning, err := im.place(ctx, path, o)
		if ctx.Err() != nil {
			return results, fmt.Errorf("stopped: %w", ctx.Err())
		}
		if err != nil {
			results[i].Err = err
			continue
		}
		results[i].Warning = warning
		if !im.Select.Has(drop.Source, drop.Stream, drop.Account) {
			results[i].Drop, results[i].Skipped = &drop, true
			continue
		}
		results[i].Drop = &drop
		if im.DryRun {
			continue
		}
		key := drop.Where() + drop.AsOf.String() + drop.AsOfFrom
		if _, open := groups[key]; !open {
			order = append(order, key)
		}
		groups[key], drops[key] = append(groups[key], i), drop
	}
	if im.Placed != nil {
		im.Placed(results)
	}
	for _, key := range order {
		var files []string
		for _, i := range groups[key] {
			files = append(files, paths[i])
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
// say, else now, with a warning.
func (im *Importer) place(ctx context.Context, path string, o ImportOptions) (drop zones.Drop, warning string, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return drop, "", fileError(path, err)
	}
	if info.IsDir() {
		return drop, "", &zones.Error{Code: "not_a_file", What: "is a folder", Where: path, Next: "bedrot import " + filepath.Join(path, "*")}
	}
	known, err := im.Recognise(ctx, path, o.Source, o.Stream, o.Labels)
	if err != nil {
		return drop, "", err
	}
	if len(known.Missing) > 0 {
		var sets []string
		for _, name := range known.Missing {
			sets = append(sets, "--set "+name+"=…")
		}
		return drop, "", &zones.Error{
			Code: "name_says_too_little", Where: path,
			What: fmt.Sprintf("this is %s/%s, but only the file's name could say its %s, and it does not", known.Source, known.Stream, strings.Join(known.Missing, " and ")),
			Next: "bedrot import " + strings.Join(sets, " ") + " " + path,
		}
	}
	drop = zones.Drop{
		Run: im.Run, Source: known.Source, Stream: known.Stream, Account: o.Account, Labels: o.Labels, Origin: o.Origin,
	}
	if drop.Account == "" {
		drop.Account = im.Lake.Config.Account(known.Source)
	}
	named, inName := zones.TimeInName(filepath.Base(path))
	switch {
	case !o.AsOf.IsZero():
		drop.AsOf, drop.AsOfFrom = o.AsOf, "flag"
	case !known.AsOf.IsZero():
		drop.AsOf, drop.AsOfFrom = known.AsOf, "content"
	case inName:
		drop.AsOf, drop.AsOfFrom = named, "name"
	case o.ModTime:
		drop.AsOf, drop.AsOfFrom = info.ModTime(), "mtime"
		warning = "captured when the file was last written, for want of a better time: copies may have lost it"
	default:
		drop.AsOf, drop.AsOfFrom = im.Now, "clock"
		warning = "nothing says when this was captured, so it counts as captured now; if it is older, import it with --as-of 2025-05-22T14:12:33Z"
	}
	return drop, warning, nil
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
		for _, file := range imported {
			if file.Err == nil && !file.Skipped && !im.DryRun {
				if err := im.Lake.Files.Remove(file.Path); err != nil {
					return all, err
				}
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
