package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// threeNights publishes the three statements on three nights and returns their versions.
func threeNights(l *lake) [3]string {
	l.t.Helper()
	var versions [3]string
	for i, path := range arrivals(l) {
		l.now = clock.AddDate(0, 0, i)
		l.ok("import", path)
		l.ok("run")
		versions[i] = current(l)
	}
	return versions
}

func current(l *lake) string {
	l.t.Helper()
	target, err := os.Readlink(filepath.Join(l.root, "current"))
	if err != nil {
		l.t.Fatal(err)
	}
	return filepath.Base(target)
}

const totalSQL = "select sum(gross_usd) from curated.royalties"

// asOf asks for the total of a version and wants that version to be named.
func (l *lake) asOf(when, version, total string) {
	l.t.Helper()
	said := l.ok("query", "-o", "csv", "--as-of", when, totalSQL)
	if got := strings.Split(said.out, "\n")[1]; got != total {
		l.t.Errorf("as of %s: %s, want %s", when, got, total)
	}
	if when != version && !strings.Contains(said.err, version) {
		l.t.Errorf("as of %s does not name %s: %s", when, version, said.err)
	}
}

func TestAsOfAnswersFromThatVersion(t *testing.T) {
	l := newLake(t)
	v := threeNights(l)
	l.asOf("2026-01-02", v[0], "0.855691357802")
	l.asOf("2026-01-03", v[1], "0.864691357803")
	l.asOf("2026-01-09", v[2], "0.868691357805")
	l.asOf(v[1], v[1], "0.864691357803")
	l.asOf("2026-01-04T03:04:04Z", v[1], "0.864691357803") // a second before the third night
	l.want(1, []string{"no version is kept from then", "next: bedrot rollback"}, "query", "--as-of", "2026-01-01", totalSQL)
	l.want(1, []string{"neither a version"}, "query", "--as-of", "yesterday", totalSQL)
	l.want(1, []string{"names 3 versions"}, "query", "--as-of", "2026", totalSQL)
}

func TestRollbackHoldsUntilReleased(t *testing.T) {
	l := newLake(t)
	v := threeNights(l)
	l.now = clock.AddDate(0, 0, 3)
	l.ok("rollback", v[0])
	l.equal(totalSQL, "0.855691357802")

	l.now = clock.AddDate(0, 0, 4)
	fourth := l.file("bank_20250701_000000.tsv", bankFile("\n", sale{"2025-04", "Spotify", isrc, "1", "0.1"}))
	l.ok("import", fourth)
	blocked := l.want(4, []string{v[0], "rolled back", "next: bedrot rollback --release"}, "run")
	if strings.Contains(blocked.err, "published ") {
		t.Errorf("published while pinned: %s", blocked.err)
	}
	l.equal(totalSQL, "0.855691357802")
	if got := current(l); got != v[0] {
		t.Errorf("published is %s, want the pinned %s", got, v[0])
	}

	l.now = clock.AddDate(0, 0, 5)
	l.ok("rollback", "--release")
	l.want(1, []string{"no rollback is in force"}, "rollback", "--release")
	l.ok("run")
	l.equal(totalSQL, "0.968691357805")
	fifth := current(l)

	// What was published when, the days of the rollback included.
	l.asOf("2026-01-04", v[2], "0.868691357805")
	l.asOf("2026-01-05", v[0], "0.855691357802")
	l.asOf("2026-01-06", v[0], "0.855691357802")
	l.asOf("2026-01-07T03:04:04Z", v[0], "0.855691357802")
	l.asOf("2026-01-07", fifth, "0.968691357805")
}

// A kill between pinning and moving the pointer is made good by the next writer, whoever that is.
func TestHalfDoneRollbackIsFinished(t *testing.T) {
	l := newLake(t)
	v := threeNights(l)
	l.files.Fault = func(op, _ string) error {
		if op == "symlink" {
			return syscall.EIO
		}
		return nil
	}
	l.want(1, []string{syscall.EIO.Error()}, "rollback", v[1])
	l.files.Fault = nil
	if got := current(l); got != v[2] {
		t.Fatalf("published is %s: the rollback was not cut off between its two steps", got)
	}
	l.want(4, []string{v[1]}, "run")
	if got := current(l); got != v[1] {
		t.Errorf("published is %s, want %s", got, v[1])
	}
}

func TestRolledBackHistoryEndsInTheSameBytes(t *testing.T) {
	t.Parallel()
	plain, rolled := newLakeOn(t, manyTables), newLakeOn(t, manyTables)
	threeNights(plain)
	v := threeNights(rolled)
	rolled.now = clock.AddDate(0, 0, 3)
	rolled.ok("rollback", v[0])
	rolled.ok("rollback", "--release")
	rolled.ok("run")
	if names := differences(plain.state(), rolled.state()); len(names) > 0 {
		t.Errorf("differ: %v", names)
	}
}

func TestDiffTellsRowsAndMoney(t *testing.T) {
	l := newLake(t)
	v := threeNights(l)
	for _, args := range [][]string{{v[0], v[1]}, {"2026-01-02", "2026-01-03"}} {
		said := l.ok(append(append([]string{"diff"}, args...), "curated.royalties")...)
		for _, text := range []string{"0 rows added, 0 removed, 1 changed", "2025-02 gross_usd: 0.031000000000 → 0.040000000001 (0.009000000001)", "changed from", "changed to"} {
			if !strings.Contains(said.out, text) {
				t.Errorf("diff %v does not say %q:\n%s", args, text, said.out)
			}
		}
	}
	last := l.ok("diff", "curated.royalties") // the last two versions
	if !strings.Contains(last.out, "1 rows added, 0 removed, 0 changed") || !strings.Contains(last.out, "2025-03 gross_usd: 0") {
		t.Errorf("diff of the last two:\n%s", last.out)
	}
	raw := l.ok("--json", "diff", v[0], v[1], "raw.distrokid__bank")
	var d struct {
		Added, Removed int64
		Rows           []map[string]any
	}
	if err := json.Unmarshal([]byte(raw.out), &d); err != nil {
		t.Fatalf("%v\n%s", err, raw.out)
	}
	if d.Added != 1 || d.Removed != 1 || len(d.Rows) != 2 { // the corrected line; the identical lines of January are equal
		t.Errorf("raw: %+v", d)
	}
	same := l.ok("diff", v[2], v[2], "curated.royalties")
	if !strings.Contains(same.out, "0 rows added, 0 removed, 0 changed") {
		t.Errorf("a version differs from itself:\n%s", same.out)
	}
	l.want(1, []string{"neither version has a table curated.none", "next: bedrot tables"}, "diff", "curated.none")
}

func TestVersionsAreListed(t *testing.T) {
	l := newLake(t)
	v := threeNights(l)
	l.ok("rollback", "2026-01-03")
	out := l.ok("rollback").out
	for i, version := range v {
		if !strings.Contains(out, version) {
			t.Errorf("version %d is not listed:\n%s", i, out)
		}
	}
	if !strings.Contains(out, "pinned by a rollback") || strings.Count(out, "\n") != 3 {
		t.Errorf("list:\n%s", out)
	}
}
