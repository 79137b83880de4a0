package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"bedrot/zones"
)

// The kill sweep: a small run is stopped before each change it makes to the lake, once by SIGKILL,
// once by a full disk, once by an I/O error. After each, what is published must be the whole old or
// the whole new state, and the next run must end as a run that nothing ever stopped, with no
// leftovers. The short form looks at a sample; BEDROT_CRASH=full looks at every point.

// crashWorld is a lake with one night published and a second night's files waiting.
type crashWorld struct {
	t        *testing.T
	template string
	before   map[string]string
	after    map[string]string
	files    []string // of the lake after a run that was never stopped
	points   int64
}

func newCrashWorld(t *testing.T) *crashWorld {
	t.Helper()
	l := newLakeOn(t, manyTables)
	l.inLake("catalog/artists.csv", "source,alias,artist\n,ZONE A0,ZONE A0\n")
	l.inLake("inbox/main/bank_20260101_000000.tsv", bankFile("\r",
		sale{"2025-09", "Spotify", "QZA000000001", "100", "0.400000000000"},
		sale{"2025-10", "Spotify", "QZA000000001", "120", "0.480000000000"}))
	l.inLake("inbox/main/ZONE A0-audience-timeline_20260101_000000.csv", audienceFile("2025-12-20", 10, 11, 12))
	l.ok("run")
	l.inLake("inbox/main/bank_20260102_000000.tsv", bankFile("\n",
		sale{"2025-10", "Spotify", "QZA000000001", "121", "0.490000000000"},
		sale{"2025-11", "Deezer", "QZA000000002", "3", "-0.010000000000"}))
	l.inLake("inbox/main/ZONE A0-audience-timeline_20260102_000000.csv", audienceFile("2025-12-22", 13, 14, 15))
	l.inLake("catalog/tracks.csv", "isrc,track,artist,release_date\nQZA000000002,SECOND,ZONE A0,2025-10-01\n")
	w := &crashWorld{t: t, template: l.root, before: l.state()}

	var points atomic.Int64
	clean := w.copy("clean")
	clean.files.Fault = func(string, string) error { points.Add(1); return nil }
	clean.ok("run")
	w.points, w.after, w.files = points.Load(), clean.state(), w.listing(clean.root)
	if len(differences(w.before, w.after)) == 0 {
		t.Fatal("the second night changes nothing, so the sweep would prove nothing")
	}
	return w
}

// copy is the lake as it stands before the run, once more.
func (w *crashWorld) copy(name string) *lake {
	w.t.Helper()
	root := filepath.Join(w.t.TempDir(), name)
	if err := os.CopyFS(root, noLinks{os.DirFS(w.template), w.template}); err != nil {
		w.t.Fatal(err)
	}
	for _, link := range []string{"current", "staging", "curated"} {
		target, err := os.Readlink(filepath.Join(w.template, link))
		if err != nil {
			w.t.Fatal(err)
		}
		if err := os.Symlink(target, filepath.Join(root, link)); err != nil {
			w.t.Fatal(err)
		}
	}
	return &lake{t: w.t, root: root, now: clock.Add(24 * 60 * 60 * 1e9), ctx: w.t.Context(), manyTables: true}
}

// noLinks hides the symbolic links at the top, which os.CopyFS refuses to copy.
type noLinks struct {
	fs.FS
	root string
}

func (n noLinks) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(n.FS, name)
	return slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return e.Type()&fs.ModeSymlink != 0 }), err
}

var runName = regexp.MustCompile(`\d{8}T\d{6}Z-[0-9a-f]{6}([./]|$)`)

// listing is every file of a lake, with the names of runs made alike and the journals left out: they
// tell of every run, also of stopped ones.
func (w *crashWorld) listing(root string) []string {
	w.t.Helper()
	var files []string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if !strings.HasPrefix(rel, "audit/") {
			files = append(files, runName.ReplaceAllString(rel, "RUN$1"))
		}
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	slices.Sort(files)
	return files
}

// recovered asserts that a lake is whole after a run was stopped, and that the next run completes it.
func (w *crashWorld) recovered(l *lake, how string) {
	w.t.Helper()
	state, err := publishedState(l.root)
	if err != nil {
		w.t.Errorf("%s: what is published cannot be read: %v", how, err)
		return
	}
	if len(differences(state, w.before)) > 0 && len(differences(state, w.after)) > 0 {
		w.t.Errorf("%s: what is published is neither the old state nor the new one: %v", how, differences(state, w.after))
	}
	if s := l.run("query", "select count(*) from raw.distrokid__bank union all select count(*) from staging.distrokid__sales union all select count(*) from curated.royalties union all select count(*) from curated.streams_daily union all select count(*) from meta.runs"); s.code != 0 {
		w.t.Errorf("%s: a query fails: %s", how, s.err)
	}
	if damaged, err := l.damaged(); err != nil || len(damaged) > 0 {
		w.t.Errorf("%s: files are damaged: %v %v", how, damaged, err)
	}
	if s := l.run("run"); s.code != 0 {
		w.t.Errorf("%s: the next run exits %d: %s", how, s.code, s.err)
		return
	}
	state, err = publishedState(l.root)
	if err != nil || len(differences(state, w.after)) > 0 {
		w.t.Errorf("%s: the next run ends in other bytes: %v %v", how, differences(state, w.after), err)
	}
	if files := w.listing(l.root); !slices.Equal(files, w.files) {
		w.t.Errorf("%s: other files are left: %v", how, difference(files, w.files))
	}
}

// damaged is what `bedrot check` finds in the files.
func (l *lake) damaged() ([]zones.Damage, error) {
	opened, err := zones.Open(l.root, "", zones.Files{})
	if err != nil {
		return nil, err
	}
	verified, err := opened.Verify(l.ctx, zones.Subset{})
	return verified.Damaged, err
}

func difference(a, b []string) []string {
	var only []string
	for _, name := range a {
		if !slices.Contains(b, name) {
			only = append(only, "+"+name)
		}
	}
	for _, name := range b {
		if !slices.Contains(a, name) {
			only = append(only, "-"+name)
		}
	}
	return only
}

// sample is every point, or a few spread over all of them.
func sample(points int64, few int64) []int64 {
	step := max(points/few, 1)
	if os.Getenv("BEDROT_CRASH") == "full" {
		step = 1
	}
	var chosen []int64
	for at := int64(1); at <= points; at += step {
		chosen = append(chosen, at)
	}
	return chosen
}

// each runs a sweep's points, one per processor at a time.
func (w *crashWorld) each(points []int64, stop func(at int64)) {
	next := make(chan int64)
	var workers sync.WaitGroup
	for range runtime.NumCPU() {
		workers.Go(func() {
			for at := range next {
				stop(at)
			}
		})
	}
	for _, at := range points {
		next <- at
	}
	close(next)
	workers.Wait()
}

// TestCrash sweeps one world in three ways.
func TestCrash(t *testing.T) {
	w := newCrashWorld(t)
	if w.points < 300 {
		t.Errorf("a small run has %d crash points, at least 300 are to be swept", w.points)
	}
	for name, sweep := range map[string]func(*testing.T, *crashWorld){"killed": crashKilled, "disk errors": crashDiskErrors, "in DuckDB": crashInDuckDB} {
		t.Run(name, func(t *testing.T) {
			w := *w
			w.t = t
			sweep(t, &w)
		})
	}
}

func crashKilled(t *testing.T, w *crashWorld) {
	points := sample(w.points, 10)
	w.each(points, func(at int64) {
		l := w.copy(fmt.Sprint("killed", at))
		defer func() { _ = os.RemoveAll(l.root) }()
		command := childCommand(t.Context(), []string{
			fmt.Sprint("BEDROT_TEST_KILL_AT=", at), "BEDROT_TEST_NOW=" + l.now.Format("2006-01-02T15:04:05Z"),
		}, "--lake", l.root, "run")
		out, err := command.CombinedOutput()
		var ended *exec.ExitError
		if !errors.As(err, &ended) || ended.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
			t.Errorf("point %d: the run was not killed: %v\n%s", at, err, out)
		}
		w.recovered(l, fmt.Sprintf("killed at point %d of %d", at, w.points))
	})
	t.Logf("%d of %d points", len(points), w.points)
}

func crashDiskErrors(t *testing.T, w *crashWorld) {
	for _, errno := range []syscall.Errno{syscall.ENOSPC, syscall.EIO} {
		points := sample(w.points, 6)
		w.each(points, func(at int64) {
			l := w.copy(fmt.Sprint("failed", at, int(errno)))
			defer func() { _ = os.RemoveAll(l.root) }()
			var count atomic.Int64
			where := ""
			l.files.Fault = func(op, path string) error {
				if count.Add(1) == at {
					where = op + " " + strings.TrimPrefix(path, l.root)
					return errno
				}
				return nil
			}
			how := fmt.Sprintf("%v at point %d of %d", errno, at, w.points)
			s := l.run("run")
			how += " (" + where + ")"
			if s.code == 0 {
				// The pointer had moved: the run is done, and what follows is only tidying up.
				if state, err := publishedState(l.root); err != nil || len(differences(state, w.after)) > 0 {
					t.Errorf("%s: exit 0, but the new state is not published (%v)\n%s", how, err, s.err)
				}
			} else if !strings.Contains(s.err, errno.Error()) {
				t.Errorf("%s: the error does not say so: %s", how, s.err)
			}
			l.files = zones.Files{}
			w.recovered(l, how)
		})
		t.Logf("%v: %d of %d points", errno, len(points), w.points)
	}
}

// crashInDuckDB lets the system calls of DuckDB itself fail or kill: those never pass through our
// file layer. strace counts calls per thread, so the sweep goes on until a run is no longer hit.
func crashInDuckDB(t *testing.T, w *crashWorld) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("strace is missing (Debian: apt-get install strace)")
	}
	if out, err := exec.CommandContext(t.Context(), strace, "-f", "-o", os.DevNull, "true").CombinedOutput(); err != nil {
		t.Skipf("strace may not trace here: %v %s", err, out)
	}
	type injection struct{ calls, what string }
	injections := []injection{
		{"write,pwrite64", "signal=SIGKILL"},
		{"write,pwrite64", "error=ENOSPC"},
		{"write,pwrite64", "error=EIO"},
		{"openat", "signal=SIGKILL"},
		{"ftruncate,fsync,fdatasync,rename,renameat,renameat2,linkat", "signal=SIGKILL"},
	}
	type attempt struct {
		injection
		when int64
	}
	var attempts []attempt
	step, most := int64(1), int64(60)
	if os.Getenv("BEDROT_CRASH") != "full" {
		step, most = 40, 80
	}
	for _, in := range injections {
		for when := int64(1); when <= most; when += step {
			attempts = append(attempts, attempt{in, when})
		}
	}
	var hit atomic.Int64
	indexes := make([]int64, len(attempts))
	for i := range indexes {
		indexes[i] = int64(i)
	}
	w.each(indexes, func(i int64) {
		in := attempts[i]
		l := w.copy(fmt.Sprint("traced", i))
		defer func() { _ = os.RemoveAll(l.root) }()
		command := exec.CommandContext(t.Context(), strace, "-f", "-qq", "-o", os.DevNull, "-e", "trace="+in.calls,
			"-e", fmt.Sprintf("inject=%s:%s:when=%d", in.calls, in.what, in.when), os.Args[0], "--lake", l.root, "run")
		command.Env = append(os.Environ(), "BEDROT_TEST_CHILD=1", "BEDROT_TEST_NOW="+l.now.Format("2006-01-02T15:04:05Z"))
		var out bytes.Buffer
		command.Stdout, command.Stderr = &out, &out
		if err := command.Run(); err != nil {
			hit.Add(1)
		}
		w.recovered(l, fmt.Sprintf("%s of %s %d: %s", in.what, in.calls, in.when, out.String()))
	})
	if hit.Load() == 0 {
		t.Error("no injection hit a run: this test proves nothing")
	}
	t.Logf("%d injections, %d hit", len(attempts), hit.Load())
}
