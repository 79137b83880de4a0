//go:build unix

package session

import (
	"fmt"
	"os"
	"syscall"

	"bedrot/zones"
)

// ownOnly refuses a file or folder that others may read or change, or that is somebody else's.
func ownOnly(path string, mode os.FileMode) error {
	info, err := os.Lstat(path)
	if err != nil {
		return err
	}
	if isDir := mode&0o100 != 0; isDir != info.IsDir() || !isDir && !info.Mode().IsRegular() {
		return &zones.Error{Code: "permission", What: "is not what a kept login consists of: " + info.Mode().Type().String(), Where: path, Next: "look what it is, and take it away"}
	}
	if owner, ok := info.Sys().(*syscall.Stat_t); ok && int(owner.Uid) != os.Geteuid() {
		return &zones.Error{Code: "permission", What: "a kept login belongs to another user of this machine", Where: path, Next: "run bedrot as its owner, or choose another folder for logins"}
	}
	if info.Mode().Perm()&0o077 != 0 {
		return &zones.Error{
			Code: "secrets_readable", What: fmt.Sprintf("others may read or change kept logins (mode %04o)", info.Mode().Perm()), Where: path,
			Next: fmt.Sprintf("chmod %o '%s'", mode, path),
		}
	}
	return nil
}

// syncDir makes the names in a folder durable.
func syncDir(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	err = dir.Sync()
	if closeErr := dir.Close(); err == nil {
		err = closeErr
	}
	return err
}
