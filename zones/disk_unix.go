//go:build unix

package zones

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// FreeDisk is what is left to write where a path is, in bytes, or nil where nobody knows.
func FreeDisk(path string) *int64 {
	var stat syscall.Statfs_t
	if err := syscall.Statfs(path, &stat); err != nil {
		return nil
	}
	free := int64(stat.Bavail) * int64(stat.Bsize) //nolint:gosec,unconvert // other widths elsewhere
	return &free
}

// links is how many names a file has.
func links(info fs.FileInfo) uint64 {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(stat.Nlink) //nolint:unconvert // not 64 bits everywhere
	}
	return 1
}

// syncPath makes a file's bytes, or the names in a folder, durable.
func syncPath(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	err = file.Sync()
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return fmt.Errorf("fsync %s: %w", path, err)
	}
	return nil
}

func alive(pid int) bool {
	err := syscall.Kill(pid, 0)
	return err == nil || errors.Is(err, syscall.EPERM)
}

// fileID is a file whatever its names are.
type fileID struct{ device, number uint64 }

func identity(info fs.FileInfo) (fileID, bool) {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return fileID{}, false
	}
	return fileID{uint64(stat.Dev), stat.Ino}, true //nolint:gosec,unconvert // not 64 bits everywhere
}
