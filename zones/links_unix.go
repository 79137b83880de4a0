//go:build unix

package zones

import (
	"io/fs"
	"syscall"
)

// links is how many names a file has.
func links(info fs.FileInfo) uint64 {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(stat.Nlink) //nolint:unconvert // not 64 bits everywhere
	}
	return 1
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
