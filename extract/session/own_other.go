//go:build !unix

package session

import "os"

// ownOnly believes the system, which keeps a person's folders from others without modes.
func ownOnly(path string, _ os.FileMode) error {
	_, err := os.Lstat(path)
	return err
}

// syncDir has nothing to do where folders cannot be synced.
func syncDir(string) error { return nil }
