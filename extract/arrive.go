package extract

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"bedrot/zones"
)

// Arrive lands the inbox and the catalog of names, as a run does. What cannot be placed stays where it is
// and is returned, named as it stands in the lake; told hears of everything else.
func (im *Importer) Arrive(ctx context.Context, told func(zones.Imported)) (found []zones.Error, err error) {
	imported, err := im.Inbox(ctx)
	if err != nil {
		return nil, err
	}
	named, err := im.Catalog(ctx)
	for _, file := range append(imported, named...) {
		var refused *zones.Error
		file.Path = im.Lake.Rel(file.Path)
		switch {
		case errors.As(file.Err, &refused):
			record := *refused
			record.Step, record.Where = "arrive", file.Path
			found = append(found, record)
		case file.Err != nil:
			return found, file.Err
		default:
			told(file)
		}
	}
	return found, err
}

// Arrive fetches what is due, as a run does: it returns and journals what became of every ask, and returns
// what failed or was odd.
func (r *Runner) Arrive(ctx context.Context, journal *zones.Journal) (events []zones.Event, found []zones.Error, err error) {
	r.Run = journal.Run()
	outcomes, err := r.Fetch(ctx)
	for _, o := range outcomes {
		events = append(events, o.Event())
		journal.Add(o.Event())
		found = append(found, o.Found()...)
	}
	return events, found, err
}

// Inbox lands what people put into inbox/<account>/ or inbox/ and takes it from there once it is
// safely landed. What cannot be placed stays.
func (im *Importer) Inbox(ctx context.Context) ([]zones.Imported, error) {
	var all []zones.Imported
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
			stays := func(file zones.Imported) bool { return file.Path == path && (file.Err != nil || file.Skipped) }
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
func (im *Importer) Catalog(ctx context.Context) ([]zones.Imported, error) {
	var all []zones.Imported
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
			all = append(all, zones.Imported{Path: path, Drop: &drop})
			continue
		}
		landed, err := im.Lake.Land(ctx, zones.Delivery{Drop: drop, Paths: []string{path}}, im.Now)
		if err != nil {
			return all, err
		}
		all = append(all, zones.Imported{Path: path, Drop: landed.Drop, Known: landed.Known})
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
