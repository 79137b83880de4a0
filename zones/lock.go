package zones

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/gofrs/flock"
)

// Holder is what the lock file says of the process that holds the lake.
type Holder struct {
	PID     int       `json:"pid"`
	Host    string    `json:"host"`
	Command string    `json:"command"`
	Since   time.Time `json:"since"`
}

// Running is the process that holds the lake, or nil. What a killed one left behind counts for nothing
// on this machine; of another machine it is believed.
func (l *Lake) Running() *Holder {
	var holder Holder
	if err := readJSON(l.Path("run", "lock"), &holder); err != nil || holder.PID == 0 {
		return nil
	}
	if host, _ := os.Hostname(); holder.Host == host && !alive(holder.PID) {
		return nil
	}
	return &holder
}

// LockedError says that another run holds the lake.
type LockedError struct{ Holder Holder }

func (e *LockedError) Error() string {
	if e.Holder.PID == 0 {
		return "another run holds the lake"
	}
	return fmt.Sprintf("another run holds the lake: bedrot %s, process %d on %s, since %s",
		e.Holder.Command, e.Holder.PID, e.Holder.Host, e.Holder.Since.Format(time.RFC3339))
}

// Writer is the one process that may change the lake.
type Writer struct {
	*Lake
	Scratch *Scratch
	lock    *flock.Flock
	// Swept is what earlier, killed runs had left behind and Lock took away.
	Swept []string
}

// Lock makes this process the lake's one writer, or returns a *LockedError at once. What killed runs
// left behind is swept.
func (l *Lake) Lock(command string, now time.Time) (*Writer, error) {
	if err := l.Files.MkdirAll(l.Root, l.Path("run")); err != nil {
		return nil, l.writeError(err)
	}
	path := l.Path("run", "lock")
	lock := flock.New(path, flock.SetPermissions(0o640))
	held, err := lock.TryLock()
	if err != nil {
		return nil, l.writeError(err)
	}
	if !held {
		var holder Holder
		_ = readJSON(path, &holder)
		return nil, &LockedError{Holder: holder}
	}
	host, _ := os.Hostname()
	holder, err := json.Marshal(Holder{PID: os.Getpid(), Host: host, Command: command, Since: now.UTC().Truncate(time.Second)})
	if err == nil {
		err = os.WriteFile(path, holder, 0o640)
	}
	if err != nil {
		_ = lock.Unlock()
		return nil, l.writeError(err)
	}
	w := &Writer{Lake: l, lock: lock}
	if w.Swept, err = w.sweep(); err == nil {
		w.Scratch, err = l.NewScratch(l.Path("run"))
	}
	if err == nil {
		err = w.finishRollback()
	}
	if err != nil {
		_ = lock.Unlock()
		return nil, l.writeError(err)
	}
	return w, nil
}

// Hold does something with the lake locked for it.
func (l *Lake) Hold(command string, now time.Time, do func(*Writer) error) error {
	w, err := l.Lock(command, now)
	if err != nil {
		return err
	}
	return errors.Join(do(w), w.Close())
}

// Close removes the scratch folder and lets the next writer in.
func (w *Writer) Close() error {
	err := w.Scratch.Close()
	_ = os.Truncate(w.Path("run", "lock"), 0)
	if unlockErr := w.lock.Unlock(); err == nil {
		err = unlockErr
	}
	return err
}

func (l *Lake) writeError(err error) error {
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) {
		return &Error{
			Code: "lake_readonly", What: "the lake cannot be written: " + err.Error(), Where: l.Root,
			Next: "run as the lake's owner, or free the file system from read-only", Err: err,
		}
	}
	return err
}

// Scratch is one process's own folder for half-done work and DuckDB's spill. Two processes never
// share one: DuckDB processes that spill to the same folder corrupt each other.
type Scratch struct {
	Dir  string
	lock *flock.Flock
}

var scratchPattern = regexp.MustCompile(`^\d+-[0-9a-f]{8}$`)

// NewScratch makes <parent>/<pid>-<random>. Its owner is alive as long as the lock beside it is held.
func (l *Lake) NewScratch(parent string) (*Scratch, error) {
	name := strconv.Itoa(os.Getpid()) + "-" + randomHex(4)
	dir := filepath.Join(parent, name)
	lock := flock.New(dir+".lock", flock.SetPermissions(0o600))
	held, err := lock.TryLock()
	if err != nil {
		return nil, err
	}
	if !held {
		return nil, fmt.Errorf("scratch folder %s is taken", dir)
	}
	if err := l.Files.before("mkdir", dir); err == nil {
		err = os.Mkdir(dir, 0o700)
		if err != nil {
			_ = lock.Unlock()
			return nil, err
		}
	} else {
		_ = lock.Unlock()
		return nil, err
	}
	return &Scratch{Dir: dir, lock: lock}, nil
}

// Close removes the folder and all in it.
func (s *Scratch) Close() error {
	err := errors.Join(os.RemoveAll(s.Dir), s.lock.Unlock())
	_ = os.Remove(s.lock.Path()) // unlocked first: Windows removes nothing that is open
	return err
}

// sweep takes away what killed processes left: their scratch folders, drops and versions that were
// never published, raw files without their sidecar. A killed run's journal is kept.
func (w *Writer) sweep() ([]string, error) {
	var swept []string
	entries, err := os.ReadDir(w.Path("run"))
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, entry := range entries {
		name := strings.TrimSuffix(entry.Name(), ".lock")
		if !scratchPattern.MatchString(name) || seen[name] {
			continue
		}
		seen[name] = true
		gone, err := w.sweepScratch(w.Path("run", name))
		if err != nil {
			return swept, err
		}
		if gone {
			swept = append(swept, "run/"+name)
		}
	}
	more, err := w.sweepVersions()
	return append(swept, more...), err
}

func (w *Writer) sweepScratch(dir string) (bool, error) {
	lock := flock.New(dir+".lock", flock.SetPermissions(0o600))
	held, err := lock.TryLock()
	if err != nil || !held {
		return false, err
	}
	defer func() { _ = lock.Unlock() }()
	if err := w.rescueJournals(dir); err != nil {
		return false, err
	}
	if err := w.Files.RemoveAll(dir); err != nil {
		return false, err
	}
	if err := lock.Unlock(); err != nil {
		return false, err
	}
	return true, w.Files.Remove(dir + ".lock")
}

// sweepVersions removes versions newer than any that was ever published: a run was killed between writing
// them and moving the pointer. Nothing can name them.
func (w *Writer) sweepVersions() ([]string, error) {
	newest, err := w.newestRun()
	if err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(w.Path("versions"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var swept []string
	for _, entry := range entries {
		if runPattern.MatchString(entry.Name()) && entry.Name() > newest {
			if err := w.Files.RemoveAll(w.Path("versions", entry.Name())); err != nil {
				return swept, err
			}
			swept = append(swept, "versions/"+entry.Name())
		}
	}
	return swept, err
}
