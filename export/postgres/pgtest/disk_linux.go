package pgtest

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// Disk is a disk in memory, for one database of the server's.
type Disk struct {
	t      testing.TB
	folder string
}

// SmallDisk makes a database on a disk of its own that holds so many MiB, which a new database nearly takes
// eight of. It skips the test where nobody may mount one. What PostgreSQL must write to go on is elsewhere.
func (s *Server) SmallDisk(t testing.TB, size int) (url string, disk *Disk) {
	t.Helper()
	name := fmt.Sprintf("disk_%d_%d", os.Getpid(), s.next.Add(1))
	d := &Disk{t, filepath.Join(s.dir, name)}
	data := filepath.Join(d.folder, "data")
	if err := os.Mkdir(d.folder, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", d.folder, "tmpfs", 0, fmt.Sprintf("size=%dm,mode=0755", size)); err != nil {
		t.Skipf("a disk in memory cannot be mounted here: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(d.folder, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	if err := os.Mkdir(data, 0o700); err != nil {
		t.Fatal(err)
	}
	if credential, err := other(); err != nil {
		t.Fatal(err)
	} else if credential != nil {
		if err := os.Chown(data, int(credential.Uid), int(credential.Gid)); err != nil {
			t.Fatal(err)
		}
	}
	s.exec(t, "create tablespace "+name+" location '"+data+"'")
	t.Cleanup(func() { s.exec(t, "drop tablespace "+name) })
	return s.database(t, " tablespace "+name), d
}

// Leave fills the disk up until only so many KiB are free.
func (d *Disk) Leave(free int) {
	d.t.Helper()
	d.Empty()
	var stat syscall.Statfs_t
	if err := syscall.Statfs(d.folder, &stat); err != nil {
		d.t.Fatal(err)
	}
	ballast := int64(stat.Bavail)*stat.Bsize - int64(free)*1024
	if ballast < 0 {
		d.t.Fatalf("less than %d KiB are free", free)
	}
	if err := os.WriteFile(d.ballast(), make([]byte, ballast), 0o600); err != nil {
		d.t.Fatal(err)
	}
}

// Empty takes away what Leave filled it with.
func (d *Disk) Empty() {
	d.t.Helper()
	if err := os.RemoveAll(d.ballast()); err != nil {
		d.t.Fatal(err)
	}
}

func (d *Disk) ballast() string { return filepath.Join(d.folder, "ballast") }
