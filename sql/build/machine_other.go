//go:build !unix

package build

func peakMemory() *int64 { return nil }
