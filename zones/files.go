package zones

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

const (
	dirMode  = 0o750
	fileMode = 0o444
)

// Files is the layer through which the lake changes anything on disk. Fault, when set, is asked
// before each change with the operation and the path: an error it returns takes the place of the
// operation, and tests let it kill the process. The zero value works plainly.
type Files struct {
	Fault func(op, path string) error
	// NoSymlinks is set where the system has no symbolic links that everybody may make, as on Windows:
	// LAKE/current is a file that names the version, and LAKE/curated and LAKE/staging are missing.
	NoSymlinks bool
}

func (f Files) before(op, path string) error {
	if f.Fault == nil {
		return nil
	}
	if err := f.Fault(op, path); err != nil {
		return &fs.PathError{Op: op, Path: path, Err: err}
	}
	return nil
}

// WriteFile makes a new file that is durable when WriteFile returns, its name aside: the folder is
// synced by whoever publishes it. It never writes over a file.
func (f Files) WriteFile(path string, data []byte) error {
	if err := f.write(path, data); err != nil {
		return err
	}
	_, err := f.Seal(path)
	return err
}

// write makes a new file that is not durable yet.
func (f Files) write(path string, data []byte) error {
	if err := f.before("create", path); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o640)
	if err != nil {
		return err
	}
	err = f.before("write", path)
	if err == nil {
		_, err = file.Write(data)
	}
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		_ = os.Remove(path)
	}
	return err
}

// WriteJSON is WriteFile of an indented JSON document.
func (f Files) WriteJSON(path string, v any) error {
	data, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		return err
	}
	return f.WriteFile(path, append(data, '\n'))
}

// Sealed is what is known of a file from the moment it can no longer change.
type Sealed struct {
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// Seal makes a finished file durable and read-only and returns its size and hash, for a manifest.
func (f Files) Seal(path string) (Sealed, error) {
	sealed, err := f.freeze(path)
	if err != nil {
		return Sealed{}, err
	}
	return sealed, f.sync(path)
}

// freeze is Seal of a file that becomes durable later, together with others.
func (f Files) freeze(path string) (Sealed, error) {
	sum, n, err := HashFile(path)
	if err != nil {
		return Sealed{}, err
	}
	if err := f.before("chmod", path); err != nil {
		return Sealed{}, err
	}
	return Sealed{Bytes: n, SHA256: sum}, os.Chmod(path, fileMode)
}

// sync makes a file's bytes, or the names in a folder, durable.
func (f Files) sync(path string) error {
	if err := f.before("fsync", path); err != nil {
		return err
	}
	return syncPath(path)
}

// syncAll makes many files durable, several at a time: a file system commits those together.
func (f Files) syncAll(paths []string) error {
	var workers sync.WaitGroup
	failed := make([]error, min(8, len(paths)))
	for i := range failed {
		workers.Go(func() {
			for at := i; at < len(paths) && failed[i] == nil; at += len(failed) {
				failed[i] = f.sync(paths[at])
			}
		})
	}
	workers.Wait()
	return errors.Join(failed...)
}

// HashFile returns the SHA-256 of a file in hex, and its size.
func HashFile(path string) (sum string, n int64, err error) {
	file, err := os.Open(path)
	if err != nil {
		return "", 0, err
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		return "", 0, err
	}
	hash := sha256.New()
	// A file as such would ignore the buffer and take one of its own.
	n, err = io.CopyBuffer(hash, struct{ io.Reader }{file}, make([]byte, min(64<<10, info.Size()+1)))
	if err != nil {
		return "", 0, fmt.Errorf("hash %s: %w", path, err)
	}
	return hex.EncodeToString(hash.Sum(nil)), n, nil
}

// Rename moves old to new within the lake.
func (f Files) Rename(from, to string) error {
	if err := f.before("rename", to); err != nil {
		return err
	}
	return os.Rename(from, to)
}

// Link gives a file a second name. Where the file system has no hard links the bytes are copied.
func (f Files) Link(from, to string) error {
	if err := f.before("link", to); err != nil {
		return err
	}
	err := os.Link(from, to)
	var linkErr *os.LinkError
	if err == nil || !errors.As(err, &linkErr) || errors.Is(err, fs.ErrExist) || errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if _, err := f.Copy(from, to); err != nil {
		return err
	}
	_, err = f.Seal(to)
	return err
}

// Copy writes the bytes of one file to a new one and returns how many there were.
func (f Files) Copy(from, to string) (n int64, err error) {
	if err := f.before("create", to); err != nil {
		return 0, err
	}
	in, err := os.Open(from)
	if err != nil {
		return 0, err
	}
	defer func() { _ = in.Close() }()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o640)
	if err != nil {
		return 0, err
	}
	defer func() {
		if closeErr := out.Close(); err == nil {
			err = closeErr
		}
		if err != nil {
			_ = os.Remove(to)
		}
	}()
	if err := f.before("write", to); err != nil {
		return 0, err
	}
	return io.CopyBuffer(out, in, make([]byte, 64<<10))
}

// Symlink makes a relative symbolic link.
func (f Files) Symlink(target, path string) error {
	if err := f.before("symlink", path); err != nil {
		return err
	}
	return os.Symlink(target, path)
}

// MkdirAll makes a folder and its parents below root, each durable in its parent.
func (f Files) MkdirAll(root, path string) error {
	if _, err := os.Stat(path); err == nil || path == root {
		return err
	}
	if err := f.MkdirAll(root, filepath.Dir(path)); err != nil {
		return err
	}
	if err := f.before("mkdir", path); err != nil {
		return err
	}
	if err := os.Mkdir(path, dirMode); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return f.SyncDir(filepath.Dir(path))
}

// Remove deletes a file or an empty folder; one that is gone already is no error.
func (f Files) Remove(path string) error {
	if err := f.before("remove", path); err != nil {
		return err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// RemoveAll deletes a folder of this lake's own making.
func (f Files) RemoveAll(path string) error {
	if err := f.before("remove", path); err != nil {
		return err
	}
	return os.RemoveAll(path)
}

// SyncDir makes the names in a folder durable.
func (f Files) SyncDir(path string) error { return f.sync(path) }

// readJSON decodes a file of ours strictly enough to notice a foreign or damaged one.
func readJSON(path string, v any) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, v); err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	return nil
}
