package zones

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
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

// Drop is what one source gave for one account and stream at one time, byte for byte.
type Drop struct {
	Format  int    `json:"format"`
	ID      string `json:"id"`
	Run     string `json:"run"`
	Source  string `json:"source"`
	Stream  string `json:"stream"`
	Account string `json:"account"`
	// AsOf is when the source said it (UTC). Newer always means a later AsOf, never landed later.
	AsOf time.Time `json:"as_of"`
	// AsOfFrom tells where AsOf was read: answer, flag, name, content, archive, mtime or clock.
	AsOfFrom string            `json:"as_of_from"`
	Since    string            `json:"since,omitempty"`
	Until    string            `json:"until,omitempty"`
	URL      string            `json:"url,omitempty"`
	Labels   map[string]string `json:"labels,omitempty"` // what only a file name or a person knew: artist, window, song
	Origin   string            `json:"origin"`           // import, inbox, demo, catalog, or the extractor's name
	SameAs   string            `json:"same_as,omitempty"`
	LandedAt time.Time         `json:"landed_at"`
	Files    []DropFile        `json:"files"`
}

// DropFile is one file of a drop.
type DropFile struct {
	Name   string `json:"name"` // as it was called outside
	Path   string `json:"path"` // its name in the drop's folder
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// Delivery is what is to be landed: the drop's facts and where its files are now.
type Delivery struct {
	Drop
	Paths []string // one per file; read, never moved or changed
	Names []string // their names outside; empty means the base names of Paths
}

// Where is the drop's place in messages: source/stream:account.
func (d *Drop) Where() string { return d.Source + "/" + d.Stream + ":" + d.Account }

// Newer reports whether d was captured after other; the id settles equal times.
func (d *Drop) Newer(other *Drop) bool {
	if !d.AsOf.Equal(other.AsOf) {
		return d.AsOf.After(other.AsOf)
	}
	return d.ID > other.ID
}

// DropDir is where a drop lives.
func (l *Lake) DropDir(source, stream, account, id string) string {
	return l.Path("landing", source, stream, "account="+account, "drop="+id)
}

const asOfLayout = "20060102T150405Z"

var dropPattern = regexp.MustCompile(`^drop=(\d{8}T\d{6}Z-[0-9a-f]{12})$`)

func dropID(asOf time.Time, files []DropFile) string {
	return asOf.UTC().Format(asOfLayout) + "-" + contentHash(files)
}

// contentHash names a drop's bytes, whatever its files are called and in whichever order they came.
func contentHash(files []DropFile) string {
	sums := make([]string, len(files))
	for i, file := range files {
		sums[i] = file.SHA256
	}
	slices.Sort(sums)
	hash := sha256.Sum256([]byte(strings.Join(sums, "\n")))
	return hex.EncodeToString(hash[:6])
}

// Landed tells what Land did.
type Landed struct {
	Drop *Drop
	// Known is set when the very bytes were there already and nothing was written.
	Known bool
}

// Land copies files into landing as one drop. Bytes that were landed before are recognised: with the
// same capture time, or with a time that is only the clock's, nothing is written and Known is set;
// with a time that somebody knows they become a drop of their own (same_as), because a source may
// return to an older state.
func (w *Writer) Land(ctx context.Context, delivery Delivery, now time.Time) (Landed, error) {
	drop := delivery.Drop
	for what, name := range map[string]string{"source": drop.Source, "stream": drop.Stream, "account": drop.Account} {
		if err := CheckName(what, name); err != nil {
			return Landed{}, err
		}
	}
	drop.AsOf = drop.AsOf.UTC().Truncate(time.Second)
	drop.Format, drop.LandedAt = Format, now.UTC().Truncate(time.Second)

	draft := filepath.Join(w.Scratch.Dir, "drop-"+randomHex(4))
	if err := w.Files.MkdirAll(w.Scratch.Dir, draft); err != nil {
		return Landed{}, err
	}
	defer func() { _ = os.RemoveAll(draft) }()
	for i, path := range delivery.Paths {
		if err := ctx.Err(); err != nil {
			return Landed{}, err
		}
		name := filepath.Base(path)
		if len(delivery.Names) > 0 {
			name = delivery.Names[i]
		}
		file, err := w.takeCopy(path, filepath.Join(draft, safeName(i, name)))
		if err != nil {
			return Landed{}, err
		}
		file.Name = name
		drop.Files = append(drop.Files, file)
	}
	drop.ID = dropID(drop.AsOf, drop.Files)
	known, err := w.knownBytes(&drop)
	if err != nil {
		return Landed{}, err
	}
	if known != nil {
		if known.ID == drop.ID || drop.AsOfFrom == "clock" {
			return Landed{Drop: known, Known: true}, nil
		}
		drop.SameAs = known.ID
	}
	return Landed{Drop: &drop}, w.commitDrop(draft, &drop)
}

func (w *Writer) commitDrop(draft string, drop *Drop) error {
	if err := w.Files.WriteDocument(filepath.Join(draft, "drop.json"), drop); err != nil {
		return err
	}
	if err := w.Files.SyncDir(draft); err != nil {
		return err
	}
	target := w.DropDir(drop.Source, drop.Stream, drop.Account, drop.ID)
	if err := w.Files.MkdirAll(w.Root, filepath.Dir(target)); err != nil {
		return err
	}
	if err := w.Files.Rename(draft, target); err != nil {
		return err
	}
	return w.Files.SyncDir(filepath.Dir(target))
}

// takeCopy copies a file that must not change meanwhile: one still being written is refused.
func (w *Writer) takeCopy(from, to string) (DropFile, error) {
	before, err := os.Stat(from)
	if err != nil {
		return DropFile{}, err
	}
	if !before.Mode().IsRegular() {
		return DropFile{}, &Error{Code: "not_a_file", What: "is not a regular file", Where: from, Next: "bedrot import FILE…"}
	}
	n, err := w.Files.Copy(from, to)
	if err != nil {
		return DropFile{}, err
	}
	after, err := os.Stat(from)
	if err != nil {
		return DropFile{}, err
	}
	if n != before.Size() || after.Size() != before.Size() || !after.ModTime().Equal(before.ModTime()) {
		return DropFile{}, &Error{
			Code: "file_changing", What: "the file is still being written", Where: from,
			Next: "import it again once it is complete",
		}
	}
	sealed, err := w.Files.Seal(to)
	return DropFile{Path: filepath.Base(to), Bytes: sealed.Bytes, SHA256: sealed.SHA256}, err
}

// knownBytes finds the newest drop of the same account and stream with the same bytes. The id ends
// in the content's hash, so names suffice to look.
func (w *Writer) knownBytes(drop *Drop) (*Drop, error) {
	ids, err := w.DropIDs(drop.Source, drop.Stream, drop.Account)
	if err != nil {
		return nil, err
	}
	suffix := "-" + contentHash(drop.Files)
	for _, id := range slices.Backward(ids) {
		if strings.HasSuffix(id, suffix) && (id == drop.ID || drop.AsOfFrom == "clock" || id < drop.ID) {
			return w.ReadDrop(drop.Source, drop.Stream, drop.Account, id)
		}
	}
	return nil, nil
}

// ReadDrop reads a landed drop's facts.
func (l *Lake) ReadDrop(source, stream, account, id string) (*Drop, error) {
	var drop Drop
	path := filepath.Join(l.DropDir(source, stream, account, id), "drop.json")
	if err := ReadDocument(path, &drop); err != nil {
		return nil, &Error{
			Code: "drop_damaged", What: "the drop cannot be read: " + err.Error(), Where: l.Rel(path),
			Next: "bedrot check", Err: err,
		}
	}
	return &drop, nil
}

// DropIDs lists a stream's drops of one account in the order they were captured.
func (l *Lake) DropIDs(source, stream, account string) ([]string, error) {
	entries, err := os.ReadDir(l.Path("landing", source, stream, "account="+account))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, entry := range entries {
		if m := dropPattern.FindStringSubmatch(entry.Name()); m != nil {
			ids = append(ids, m[1])
		}
	}
	slices.Sort(ids)
	return ids, nil
}

// Accounts lists the accounts that have landed anything in a stream, sorted.
func (l *Lake) Accounts(source, stream string) ([]string, error) {
	return l.subfolders("account=", "landing", source, stream)
}

// LandedStreams lists every source/stream pair below landing, sorted.
func (l *Lake) LandedStreams() ([][2]string, error) {
	var pairs [][2]string
	sources, err := l.subfolders("", "landing")
	for _, source := range sources {
		streams, err := l.subfolders("", "landing", source)
		if err != nil {
			return nil, err
		}
		for _, stream := range streams {
			pairs = append(pairs, [2]string{source, stream})
		}
	}
	return pairs, err
}

func (l *Lake) subfolders(prefix string, elem ...string) ([]string, error) {
	entries, err := os.ReadDir(l.Path(elem...))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var names []string
	for _, entry := range entries {
		if name, ok := strings.CutPrefix(entry.Name(), prefix); ok && entry.IsDir() && CheckName("folder", name) == nil {
			names = append(names, name)
		}
	}
	return names, err
}

// safeName is a file's name within its drop: recognisable, unique, and harmless in any path or glob.
func safeName(i int, name string) string {
	var b strings.Builder
	for _, r := range name {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '.', r == '-', r == '_':
			b.WriteRune(r)
		default:
			b.WriteByte('_')
		}
	}
	safe := strings.TrimLeft(b.String(), ".-")
	if len(safe) > 100 {
		safe = safe[len(safe)-100:]
	}
	return fmt.Sprintf("%03d-%s", i, safe)
}

var nameTime = regexp.MustCompile(`(?:^|[^0-9])(20\d{2})-?(\d{2})-?(\d{2})[_T -](\d{2})[-:.h]?(\d{2})[-:.m]?(\d{2})(?:[^0-9]|$)`)

// TimeInName reads a capture time out of a file's name, as in …_20250522_141233.html; a date alone is
// no capture time, since names also carry the first day of a window.
func TimeInName(name string) (time.Time, bool) {
	m := nameTime.FindStringSubmatch(name)
	if m == nil {
		return time.Time{}, false
	}
	t, err := time.Parse("20060102150405", strings.Join(m[1:], ""))
	return t, err == nil
}

// PlausibleTime reports whether what an archive says of its files can be a capture time. Without times
// archives say 1979 or 1980, and those of clocks east of UTC may lie ahead.
func PlausibleTime(at, now time.Time) bool { return at.Year() >= 2000 && !at.After(now) }
