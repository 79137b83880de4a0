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
