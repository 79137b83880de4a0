package zones

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// LAKE/current is all that moves: a symbolic link to versions/<run>, replaced by one rename. Where there
// are no such links it is a file that says the same.

// currentRun is the run that the pointer names, "" when nothing has been published yet.
func (l *Lake) currentRun() (string, error) {
	path := l.Path("current")
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	var target string
	if info.Mode().IsRegular() {
		data, err := os.ReadFile(path)
		if err != nil {
			return "", err
		}
		target = strings.TrimSpace(string(data))
	} else if target, err = os.Readlink(path); err != nil {
		return "", err
	}
	run := filepath.Base(target)
	if !runPattern.MatchString(run) {
		return "", &Error{
			Code: "pointer_damaged", What: "names no version: " + target, Where: "current",
			Next: "bedrot check",
		}
	}
	return run, nil
}

// point makes a version the published one.
func (w *Writer) point(run string) error {
	target, pointer := filepath.Join("versions", run), filepath.Join(w.Scratch.Dir, "current")
	if err := w.writePointer(target, pointer); err != nil {
		return err
	}
	if err := w.Files.Rename(pointer, w.Path("current")); err != nil {
		return err
	}
	return w.Files.SyncDir(w.Root)
}

func (w *Writer) writePointer(target, pointer string) error {
	if !w.Files.NoSymlinks {
		return w.Files.Symlink(target, pointer)
	}
	// Writable, because a read-only file cannot be replaced on the systems this is for.
	if err := w.Files.write(pointer, []byte(filepath.ToSlash(target)+"\n")); err != nil {
		return err
	}
	return w.Files.sync(pointer)
}
