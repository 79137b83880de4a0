package query

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/landlock-lsm/go-landlock/landlock"
	"github.com/landlock-lsm/go-landlock/landlock/syscall"
)

// KernelFence says whether the kernel can confine a process that asks questions, and with what.
func KernelFence() (what string, ok bool) {
	abi, err := syscall.LandlockGetABIVersion()
	if err != nil || abi < 1 {
		return "this kernel has no Landlock: DuckDB's own settings and the gate hold alone", false
	}
	return fmt.Sprintf("Landlock, version %d", abi), true
}

// confine leaves this process read access to the lake and to what the system says of the machine, and
// write access to its scratch folder and one file; no network. There is no way back.
func confine(lake, scratch, writable string) error {
	if _, ok := KernelFence(); !ok {
		return nil
	}
	rules := []landlock.Rule{
		landlock.RODirs(lake),
		landlock.RODirs("/proc", "/sys", "/dev").IgnoreIfMissing(),
		landlock.RWFiles("/dev/null", "/dev/tty").IgnoreIfMissing(),
		landlock.RWDirs(scratch),
		// The scratch folder itself is taken away at the end, which is a right on its parent.
		landlock.PathAccess(landlock.AccessFSSet(syscall.AccessFSRemoveDir), filepath.Dir(scratch)),
	}
	if writable != "" {
		file, err := os.OpenFile(writable, os.O_WRONLY|os.O_CREATE, 0o644)
		if err != nil {
			return err
		}
		if err := file.Close(); err != nil {
			return err
		}
		rules = append(rules, landlock.RWFiles(writable))
	}
	if err := landlock.V5.BestEffort().Restrict(rules...); err != nil {
		return fmt.Errorf("fence this process: %w", err)
	}
	return nil
}
