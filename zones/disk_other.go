//go:build !unix

package zones

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// FreeDisk is what is left to write where a path is, in bytes, or nil where nobody knows.
func FreeDisk(string) *int64 { return nil }

// links is how many names a file has; where the system does not say, one.
func links(fs.FileInfo) uint64 { return 1 }

// syncPath makes a file's bytes durable. Windows flushes only what is open for writing, which a read-only
// file cannot be, and has no way to flush a folder: NTFS journals the names in it.
func syncPath(path string) error {
	info, err := os.Stat(path)
	if err != nil || info.IsDir() {
		return err
	}
	if info.Mode().Perm()&0o200 == 0 {
		if err := os.Chmod(path, 0o640); err != nil {
			return err
		}
		defer func() { _ = os.Chmod(path, info.Mode().Perm()) }()
	}
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	if err := errors.Join(file.Sync(), file.Close()); err != nil {
		return fmt.Errorf("fsync %s: %w", path, err)
	}
	return nil
}

func alive(pid int) bool {
	process, err := os.FindProcess(pid)
	if err == nil {
		_ = process.Release()
	}
	return err == nil
}

// fileID is a file whatever its names are.
type fileID struct{}

func identity(fs.FileInfo) (fileID, bool) { return fileID{}, false }
