//go:build unix

package build

import (
	"runtime"
	"syscall"
)

// peakMemory is the most memory the process has held, in bytes; nil where it is not known.
func peakMemory() *int64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return nil
	}
	peak := int64(usage.Maxrss)
	if runtime.GOOS != "darwin" { // elsewhere in kilobytes
		peak *= 1024
	}
	return &peak
}

// freeDisk is what is left to write where a path is, in bytes.
func freeDisk(path string) *int64 {
	var stat syscall.Statfs_t
	if err := syscall.Statfs(path, &stat); err != nil {
		return nil
	}
	free := int64(stat.Bavail) * int64(stat.Bsize)
	return &free
}
