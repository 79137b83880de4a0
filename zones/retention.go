package zones

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Retention is what is kept, and for how long. Nothing that came is ever deleted: old drops are packed.
type Retention struct {
	// PackAfterDays is when a landed drop's files are packed into archive/, zstd; 0 is never.
	PackAfterDays int `toml:"pack_after_days"`
	// VersionDays keeps every version so long after another took its place.
	VersionDays int `toml:"version_days"`
	// VersionMonths keeps each month's last version so long.
	VersionMonths int `toml:"version_months"`
	// EvidenceDays keeps what pages looked like when fetching from them failed so long; 0 is for ever.
	EvidenceDays int `toml:"evidence_days"`
}

// DefaultRetention is in force where lake.toml says nothing else.
func DefaultRetention() Retention {
	return Retention{PackAfterDays: 90, VersionDays: 7, VersionMonths: 13, EvidenceDays: 90}
}

// leastVersions are kept whatever their age: the published one and the one before it.
const leastVersions = 2

// Act is one thing retention does.
type Act struct {
	Kind  string `json:"kind"` // version, raw, evidence or drop
	Path  string `json:"path"` // below the lake
	Bytes int64  `json:"bytes"`
	Why   string `json:"why"`
	// Left says why it was not done after all.
	Left string `json:"left,omitempty"`

	drop *Drop
	run  string
}

// Plan tells what retention would do now, and changes nothing.
func (l *Lake) Plan(rules Retention, now time.Time) ([]Act, error) {
	runs, err := l.Versions()
	if err != nil {
		return nil, err
	}
	kept, acts, err := l.planVersions(runs, rules, now)
	if err != nil {
		return nil, err
	}
	raws, err := l.planRaw(kept)
	if err != nil {
		return nil, err
	}
	evidence, err := l.planEvidence(rules, now)
	if err != nil {
		return nil, err
	}
	drops, err := l.planDrops(rules, now)
	return slices.Concat(acts, raws, evidence, drops), err
}

// planVersions parts versions into those that stay and those whose time is over. A version's age counts
// from when another took its place: until then somebody may be reading it.
func (l *Lake) planVersions(runs []string, rules Retention, now time.Time) (kept []*Version, acts []Act, err error) {
	current, err := l.currentRun()
	if err != nil {
		return nil, nil, err
	}
	pin, err := l.Pinned()
	if err != nil {
		return nil, nil, err
	}
	oldest := now.AddDate(0, -rules.VersionMonths, 0)
	for i, run := range runs {
		version, err := l.ReadVersion(run)
		if err != nil {
			return nil, nil, err
		}
		stays := run == current || pin != nil && (pin.Version == run || pin.From == run) || i >= len(runs)-leastVersions
		if !stays {
			next := published(runs[i+1])
			lastOfMonth := !sameMonth(published(run), next) && published(run).After(oldest)
			stays = lastOfMonth || now.Sub(next) < time.Duration(rules.VersionDays)*24*time.Hour
		}
		if stays {
			kept = append(kept, version)
			continue
		}
		acts = append(acts, Act{
			Kind: "version", Path: filepath.Join("versions", run), run: run,
			Why: fmt.Sprintf("another took its place on %s, over %d days ago", published(runs[i+1]).Format(time.DateOnly), rules.VersionDays),
		})
	}
	return kept, acts, nil
}

func sameMonth(a, b time.Time) bool { return a.Year() == b.Year() && a.Month() == b.Month() }

var rawPattern = regexp.MustCompile(`^([A-Za-z0-9][A-Za-z0-9._-]*)~(\d{8}T\d{6}Z-[0-9a-f]{12})~([0-9a-f]{8})\.parquet$`)

// planRaw finds raw files that a changed script has made anew: no kept version names them, and one names
// another raw file of the same drop.
func (l *Lake) planRaw(kept []*Version) ([]Act, error) {
	needed, remade := map[string]bool{}, map[string]bool{}
	for _, version := range kept {
		for _, name := range version.Names("raw") {
			table, err := version.Table(name)
			if err != nil {
				return nil, err
			}
			for _, drop := range table.Drops {
				needed[drop.File] = true
				remade[name+" "+drop.Account+" "+drop.ID] = true
			}
		}
	}
	folders, err := os.ReadDir(l.Path("raw"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var acts []Act
	for _, folder := range folders {
		files, err := os.ReadDir(l.Path("raw", folder.Name()))
		if err != nil || !folder.IsDir() {
			continue
		}
		for _, file := range files {
			m := rawPattern.FindStringSubmatch(file.Name())
			path := filepath.Join("raw", folder.Name(), file.Name())
			if m == nil || !file.Type().IsRegular() || needed[path] || !remade["raw."+folder.Name()+" "+m[1]+" "+m[2]] {
				continue
			}
			info, err := file.Info()
			if err != nil {
				return nil, err
			}
			acts = append(acts, Act{Kind: "raw", Path: path, Bytes: info.Size(), Why: "its script has changed, and the drop was read again"})
		}
	}
	return acts, nil
}

// planDrops finds drops whose files are old enough to be packed.
func (l *Lake) planDrops(rules Retention, now time.Time) ([]Act, error) {
	if rules.PackAfterDays == 0 {
		return nil, nil
	}
	pairs, err := l.LandedStreams()
	if err != nil {
		return nil, err
	}
	var acts []Act
	for _, pair := range pairs {
		accounts, err := l.Accounts(pair[0], pair[1])
		if err != nil {
			return nil, err
		}
		for _, account := range accounts {
			ids, err := l.DropIDs(pair[0], pair[1], account)
			if err != nil {
				return nil, err
			}
			for _, id := range ids {
				act, err := l.planDrop(pair[0], pair[1], account, id, rules, now)
				if err != nil {
					return nil, err
				}
				if act != nil {
					acts = append(acts, *act)
				}
			}
		}
	}
	return acts, nil
}

func (l *Lake) planDrop(source, stream, account, id string, rules Retention, now time.Time) (*Act, error) {
	entries, err := os.ReadDir(l.DropDir(source, stream, account, id))
	if err != nil || len(entries) < 2 {
		return nil, err // nothing beside drop.json: packed already
	}
	drop, err := l.ReadDrop(source, stream, account, id)
	if err != nil {
		return nil, err
	}
	if now.Sub(drop.LandedAt) < time.Duration(rules.PackAfterDays)*24*time.Hour {
		return nil, nil
	}
	act := Act{Kind: "drop", Path: l.Rel(l.DropDir(source, stream, account, id)), Why: fmt.Sprintf("landed on %s, over %d days ago", drop.LandedAt.Format(time.DateOnly), rules.PackAfterDays), drop: drop}
	for _, file := range drop.Files {
		if _, err := os.Lstat(filepath.Join(l.DropDir(source, stream, account, id), file.Path)); err == nil {
			act.Bytes += file.Bytes
		}
	}
	if act.Bytes == 0 {
		return nil, nil
	}
	return &act, nil
}

// Apply does what Plan tells and returns it, with what was left alone and why. Deleting reaches nothing
// outside the lake, and nothing whose name is not of our making.
func (w *Writer) Apply(ctx context.Context, acts []Act) ([]Act, error) {
	root, err := os.OpenRoot(w.Root)
	if err != nil {
		return nil, err
	}
	defer func() { _ = root.Close() }()
	var garbage map[string]bool
	var p packer
	for i := range acts {
		if err := ctx.Err(); err != nil {
			return acts[:i], fmt.Errorf("stopped: %w", err)
		}
		act := &acts[i]
		if act.Kind != "version" && garbage == nil {
			// A version that was left after all keeps what it stands on.
			if garbage, err = w.garbage(); err != nil {
				return acts[:i], err
			}
		}
		switch {
		case act.Kind == "version":
			err = w.removeVersion(root, act)
		case act.Kind == "raw" && !garbage[act.Path]:
			act.Left = "a version that stays needs it"
		case act.Kind == "raw":
			err = errors.Join(w.removeFile(root, act.Path), w.removeFile(root, strings.TrimSuffix(act.Path, ".parquet")+".json"))
		case act.Kind == "evidence":
			err = w.removeEvidence(root, act)
		default:
			err = w.packDrop(ctx, root, &p, act.drop)
		}
		if err != nil {
			return acts[:i], fmt.Errorf("%s: %w", act.Path, err)
		}
	}
	return acts, nil
}

// garbage is the raw files that no version there is needs.
func (l *Lake) garbage() (map[string]bool, error) {
	runs, err := l.Versions()
	if err != nil {
		return nil, err
	}
	var versions []*Version
	for _, run := range runs {
		version, err := l.ReadVersion(run)
		if err != nil {
			return nil, err
		}
		versions = append(versions, version)
	}
	acts, err := l.planRaw(versions)
	paths := map[string]bool{}
	for _, act := range acts {
		paths[act.Path] = true
	}
	return paths, err
}

func (w *Writer) removeFile(root *os.Root, path string) error {
	if err := w.Files.before("remove", w.Path(path)); err != nil {
		return err
	}
	if err := root.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

var (
	partPattern     = regexp.MustCompile(`^[A-Za-z0-9._%,-]+~\d{8}T\d{6}Z-[0-9a-f]{6}\.parquet$`)
	manifestPattern = regexp.MustCompile(`^(raw|staging|curated)\.[a-z0-9_]+\.json$`)
)

// removeVersion moves a version out of everybody's sight, whole, and deletes it there. One that somebody
// is reading, or that holds a file that is not ours, is left.
func (w *Writer) removeVersion(root *os.Root, act *Act) error {
	foreign, size, err := w.foreignFile(root, act.Path)
	if err != nil {
		return err
	}
	if foreign != "" {
		act.Left = "it holds " + foreign + ", which bedrot did not make"
		return nil
	}
	lease, err := w.lease(act.run, true)
	if err != nil {
		return err
	}
	if lease == nil {
		act.Left = "somebody is reading it"
		return nil
	}
	defer lease.Close()
	gone := filepath.Join(w.Rel(w.Scratch.Dir), "gone-"+act.run)
	if err := w.Files.before("rename", w.Path(gone)); err != nil {
		return err
	}
	if err := root.Rename(act.Path, gone); err != nil {
		return err
	}
	if err := w.Files.SyncDir(w.Path("versions")); err != nil {
		return err
	}
	act.Bytes = size
	if err := w.Files.before("remove", w.Path(gone)); err != nil {
		return err
	}
	return root.RemoveAll(gone)
}

// foreignFile names a file of a version's folder that is not of our making, and sums up the bytes that
// no other version shares.
func (w *Writer) foreignFile(root *os.Root, dir string) (foreign string, size int64, err error) {
	err = fs.WalkDir(root.FS(), filepath.ToSlash(dir), func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel := strings.TrimPrefix(strings.TrimPrefix(path, filepath.ToSlash(dir)), "/")
		parts := strings.Split(rel, "/")
		ours := false
		switch {
		case entry.IsDir():
			ours = rel == "" || len(parts) == 1 && slices.Contains([]string{"tables", "staging", "curated"}, rel) || len(parts) == 2 && parts[0] != "tables"
		case !entry.Type().IsRegular():
		case rel == "version.json":
			ours = true
		case len(parts) == 2 && parts[0] == "tables":
			ours = manifestPattern.MatchString(parts[1])
		case len(parts) == 3 && parts[0] != "tables":
			ours = partPattern.MatchString(parts[2])
		}
		if !ours && foreign == "" {
			foreign = path
		}
		if info, err := entry.Info(); err == nil && !entry.IsDir() && links(info) == 1 {
			size += info.Size()
		}
		return nil
	})
	return foreign, size, err
}
