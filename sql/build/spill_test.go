package build

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestSpillIsSeen(t *testing.T) {
	dir := t.TempDir()
	w := watchSpill(dir, time.Millisecond)
	if err := os.Mkdir(filepath.Join(dir, "spill"), 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "spill", "duckdb_temp_storage-0.tmp")
	if err := os.WriteFile(path, make([]byte, 4096), 0o600); err != nil {
		t.Fatal(err)
	}
	time.Sleep(100 * time.Millisecond)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if most := w.stop(); *most != 4096 {
		t.Errorf("%d bytes were seen", *most)
	}
	if most := watchSpill(t.TempDir(), time.Hour).stop(); *most != 0 {
		t.Errorf("%d bytes where there is no spill", *most)
	}
}
