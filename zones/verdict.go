package zones

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"time"
)

// Verdict is what a person decided about a drop that is held.
type Verdict string

// The verdicts: accept lets a held drop win after all, withdraw takes any drop out of the tables.
const (
	Accept   Verdict = "accept"
	Withdraw Verdict = "withdraw"
)

type verdictFile struct {
	Verdict Verdict   `json:"verdict"`
	At      time.Time `json:"at"`
}

var verdictPattern = regexp.MustCompile(`^verdict=(\d{8}T\d{6}Z-[0-9a-f]{12})\.json$`)

// Decide records a verdict beside the drop, in landing, so that a lake rebuilt from its landing zone
// decides alike. A later verdict replaces an earlier one.
func (w *Writer) Decide(drop *Drop, verdict Verdict, now time.Time) error {
	draft := filepath.Join(w.Scratch.Dir, "verdict-"+randomHex(4))
	if err := w.Files.WriteDocument(draft, verdictFile{Verdict: verdict, At: now.UTC().Truncate(time.Second)}); err != nil {
		return err
	}
	dir := filepath.Dir(w.DropDir(drop.Source, drop.Stream, drop.Account, drop.ID))
	if err := w.Files.Rename(draft, filepath.Join(dir, "verdict="+drop.ID+".json")); err != nil {
		return err
	}
	return w.Files.SyncDir(dir)
}

// Verdicts reads what was decided about an account's drops of a stream.
func (l *Lake) Verdicts(source, stream, account string) (map[string]Verdict, error) {
	dir := l.Path("landing", source, stream, "account="+account)
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	verdicts := map[string]Verdict{}
	for _, entry := range entries {
		m := verdictPattern.FindStringSubmatch(entry.Name())
		if m == nil {
			continue
		}
		var file verdictFile
		if err := ReadDocument(filepath.Join(dir, entry.Name()), &file); err != nil {
			return nil, err
		}
		verdicts[m[1]] = file.Verdict
	}
	return verdicts, nil
}

// FindDrop looks a drop up by its id, or by enough of its beginning to be the only one.
func (l *Lake) FindDrop(id string) (*Drop, error) {
	pattern := filepath.Join(l.Root, "landing", "*", "*", "account=*", "drop="+id+"*")
	if !regexp.MustCompile(`^[0-9TZa-f-]+$`).MatchString(id) {
		return nil, &Error{Code: "drop_unknown", What: "is no drop's id", Where: id, Next: "bedrot drops"}
	}
	paths, err := filepath.Glob(pattern)
	if err != nil {
		return nil, err
	}
	if len(paths) != 1 {
		what := "names no drop"
		if len(paths) > 1 {
			what = "names several drops"
		}
		return nil, &Error{Code: "drop_unknown", What: what, Where: id, Next: "bedrot drops"}
	}
	drop := new(Drop)
	return drop, ReadDocument(filepath.Join(paths[0], "drop.json"), drop)
}
