package main

import (
	"os"
	"path/filepath"
	"testing"
)

// TestWithoutSymbolicLinks lives where only a file can say which version is published, as on Windows:
// everything but the folders for other tools is as elsewhere, to the byte.
func TestWithoutSymbolicLinks(t *testing.T) {
	t.Parallel()
	linked := manyNightsOn(t, manyTables)
	l := newLakeOn(t, func(l *lake) { l.files.NoSymlinks, l.manyTables = true, true })
	bank := arrivals(l)
	for night, file := range append(bank[:2], l.file("ZONE A0-audience-timeline_20250301_000000.csv", audienceFile("2025-02-01", 7, 8, 9))) {
		l.now = clock.AddDate(0, 0, night)
		l.ok("import", file)
		l.ok("run")
	}
	if names := differences(linked.state(), l.state()); len(names) > 0 {
		t.Errorf("other bytes without links: %v", names)
	}
	for _, name := range []string{"curated", "staging"} {
		if _, err := os.Lstat(filepath.Join(l.root, name)); err == nil {
			t.Errorf("%s is there, and can be no link", name)
		}
	}
	if info, err := os.Lstat(filepath.Join(l.root, "current")); err != nil || !info.Mode().IsRegular() {
		t.Errorf("current is %v %v", info, err)
	}
	l.ok("check")
	l.ok("doctor")
	l.ok("rollback", "2026-01-02")
	l.equal("select sum(gross_usd) from curated.royalties", "0.855691357802") // of the first statement alone
	l.want(4, []string{"rolled back"}, "run")
	l.ok("rollback", "--release")
	l.ok("prune", "--apply")
}
