package zones

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Pin is a time during which an older version was the published one because somebody rolled back to
// it. An open pin keeps every run from publishing.
type Pin struct {
	Version string    `json:"version"` // published meanwhile
	From    string    `json:"from"`    // published before
	At      time.Time `json:"at"`
	// Released is when the pin was lifted; the version stays until a run publishes the next.
	Released *time.Time `json:"released_at,omitempty"`
}

type pins struct {
	Pins []Pin `json:"pins"`
}

const pinsFile = "pins.json"

// Pins are all rollbacks there ever were, oldest first.
func (l *Lake) Pins() ([]Pin, error) {
	var file pins
	err := ReadDocument(l.Path(pinsFile), &file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return file.Pins, err
}

// Pinned is the rollback that still holds, or nil.
func (l *Lake) Pinned() (*Pin, error) {
	pins, err := l.Pins()
	if err != nil || len(pins) == 0 || pins[len(pins)-1].Released != nil {
		return nil, err
	}
	return &pins[len(pins)-1], nil
}

// Rollback publishes an older version again and pins it: runs land what arrives, but publish nothing,
// until Release. The pin is durable before the pointer moves, and a kill between the two is made good
// by the next writer.
func (w *Writer) Rollback(version *Version, now time.Time) error {
	current, err := w.currentRun()
	if err != nil {
		return err
	}
	for name := range version.Tables {
		if _, err := version.Table(name); err != nil {
			return err
		}
	}
	pins, err := w.Pins()
	if err != nil {
		return err
	}
	now = now.UTC().Truncate(time.Second)
	if last := len(pins) - 1; last >= 0 && pins[last].Released == nil {
		pins[last].Released = &now
	}
	if err := w.writePins(append(pins, Pin{Version: version.Run, From: current, At: now})); err != nil {
		return err
	}
	return w.point(version.Run)
}

// Release lifts the pin: the next run publishes again, on top of the version that was pinned.
func (w *Writer) Release(now time.Time) (*Pin, error) {
	pins, err := w.Pins()
	if err != nil {
		return nil, err
	}
	last := len(pins) - 1
	if last < 0 || pins[last].Released != nil {
		return nil, &Error{Code: "not_pinned", What: "no rollback is in force", Where: w.Root, Next: "bedrot rollback VERSION"}
	}
	now = now.UTC().Truncate(time.Second)
	pins[last].Released = &now
	return &pins[last], w.writePins(pins)
}

func (w *Writer) writePins(list []Pin) error {
	draft := filepath.Join(w.Scratch.Dir, "pins-"+randomHex(4))
	if err := w.Files.WriteDocument(draft, pins{list}); err != nil {
		return err
	}
	if err := w.Files.Rename(draft, w.Path(pinsFile)); err != nil {
		return err
	}
	return w.Files.SyncDir(w.Root)
}

// finishRollback moves the pointer where a rollback that was killed had pinned it.
func (w *Writer) finishRollback() error {
	pin, err := w.Pinned()
	if err != nil || pin == nil {
		return err
	}
	current, err := w.currentRun()
	if err != nil || current == pin.Version {
		return err
	}
	return w.point(pin.Version)
}

// newestRun is the newest version that was ever published; what is newer was left behind by a killed
// run.
func (l *Lake) newestRun() (string, error) {
	newest, err := l.currentRun()
	if err != nil {
		return "", err
	}
	pins, err := l.Pins()
	for _, pin := range pins {
		newest = max(newest, pin.From)
	}
	return newest, err
}

// Versions lists the runs whose versions are kept, oldest first.
func (l *Lake) Versions() ([]string, error) {
	newest, err := l.newestRun()
	if err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(l.Path("versions"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var runs []string
	for _, entry := range entries {
		if !entry.IsDir() || !runPattern.MatchString(entry.Name()) || entry.Name() > newest {
			continue
		}
		if info, err := os.Lstat(l.Path("versions", entry.Name(), "version.json")); err == nil && info.Mode().IsRegular() {
			runs = append(runs, entry.Name())
		}
	}
	slices.Sort(runs)
	return runs, err
}

// Found is a version somebody asked for by name or by time.
type Found struct {
	*Version
	// Gap says that versions between the one found and the next kept one are gone: the version that
	// was published at the time asked for may have been one of them.
	Gap bool
}

// FindVersion resolves what people write: a run's name or the beginning of one; a day, meaning its
// end in UTC; or a time. By time it is the version that was the published one then, rollbacks
// included.
func (l *Lake) FindVersion(text string) (Found, error) {
	runs, err := l.Versions()
	if err != nil {
		return Found{}, err
	}
	if at, ok := parseMoment(text); ok {
		return l.versionAt(at, text, runs)
	}
	var matching []string
	for _, run := range runs {
		if text != "" && strings.HasPrefix(run, text) {
			matching = append(matching, run)
		}
	}
	switch {
	case len(matching) == 1:
		version, err := l.ReadVersion(matching[0])
		return Found{Version: version}, err
	case len(matching) > 1:
		return Found{}, &Error{Code: "version_unknown", What: fmt.Sprintf("names %d versions", len(matching)), Where: text, Next: "bedrot rollback   (lists the versions)"}
	}
	return Found{}, &Error{Code: "version_unknown", What: "is neither a version that is kept nor a day (2025-05-22)", Where: text, Next: "bedrot rollback   (lists the versions)"}
}

// Pair finds two versions to compare: the published one where no newer is named, and the one before it where
// no older is. Told hears which versions they are that were named.
func (l *Lake) Pair(from, to string, told func(asked string, found Found)) (older, newer *Version, err error) {
	named := func(text string) (*Version, error) {
		found, err := l.FindVersion(text)
		if err == nil {
			told(text, found)
		}
		return found.Version, err
	}
	if to == "" {
		newer, err = l.Current()
	} else {
		newer, err = named(to)
	}
	if err != nil {
		return nil, nil, err
	}
	if from == "" && newer != nil {
		from = newer.Previous
	}
	if from == "" {
		return nil, nil, Usage("there is no earlier version to compare with")
	}
	older, err = named(from)
	return older, newer, err
}

func parseMoment(text string) (time.Time, bool) {
	if day, err := time.Parse(time.DateOnly, text); err == nil {
		return day.AddDate(0, 0, 1).Add(-time.Nanosecond), true
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", time.DateTime} {
		if at, err := time.Parse(layout, text); err == nil {
			return at.UTC(), true
		}
	}
	return time.Time{}, false
}

func (l *Lake) versionAt(at time.Time, text string, runs []string) (Found, error) {
	pins, err := l.Pins()
	if err != nil {
		return Found{}, err
	}
	upTo := at.UTC().Truncate(time.Second).Format(asOfLayout) + "~" // sorts after every run of that second
	found := newestUpTo(runs, upTo)
	gap := false
	for _, pin := range pins {
		// Until something newer was published, the pinned version was the published one.
		if !pin.At.After(at) && found <= pin.From {
			found = newestUpTo(runs, pin.Version)
			gap = found != pin.Version
		}
	}
	if found == "" {
		oldest := "none is kept"
		if len(runs) > 0 {
			oldest = "the oldest kept is " + runs[0]
		}
		return Found{}, &Error{Code: "version_unknown", What: "no version is kept from then: " + oldest, Where: text, Next: "bedrot rollback   (lists the versions)"}
	}
	version, err := l.ReadVersion(found)
	if err != nil {
		return Found{}, err
	}
	if i := slices.Index(runs, found); i+1 < len(runs) && !gap {
		after, err := l.ReadVersion(runs[i+1])
		if err != nil {
			return Found{}, err
		}
		gap = after.Previous > found
	}
	return Found{Version: version, Gap: gap}, nil
}

// newestUpTo is the newest of sorted runs that is not after a name; empty when there is none.
func newestUpTo(runs []string, name string) string {
	found := ""
	for _, run := range runs {
		if run <= name {
			found = run
		}
	}
	return found
}

// published is when the run began whose version this is.
func published(run string) time.Time {
	at, _ := time.Parse(asOfLayout, run[:16])
	return at
}
