//go:build unix

package zones

import (
	"errors"
	"io/fs"
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
