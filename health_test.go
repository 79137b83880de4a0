package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"bedrot/extract"
	"bedrot/sql/query"
)

// TestStatusForAMonitor goes from healthy to late and back: the exit code says it, and a healthy lake
// says one line.
func TestStatusForAMonitor(t *testing.T) {
	l := newLake(t)
	l.now = time.Date(2025, 3, 2, 3, 0, 0, 0, time.UTC)
	if s := l.want(1, nil, "status", "--check"); !strings.Contains(s.out, "run_late: ") || !strings.Contains(s.out, "no run has ever ended") {
		t.Error(s.out)
	}
	l.ok("import", l.file("ZONE A0-audience-timeline_20250301_000000.csv", audienceFile("2025-02-20", 7, 8, 9, 9, 9, 9, 9, 9)))
	l.ok("run")
	if s := l.ok("status", "--check"); !strings.HasPrefix(s.out, "ok: lake ") || strings.Count(s.out, "\n") != 1 {
		t.Errorf("a healthy lake says %q", s.out)
	}
	l.now = l.now.AddDate(0, 0, 9) // the newest day is 12 days old; it is usually 3 and a week is let pass
	s := l.want(1, nil, "status", "--check")
	for _, text := range []string{"run_late: ", "the last good run ended 2025-03-02T03:00:00Z", "data_late: spotify/audience:main: the newest data is of 2025-02-27", "next: bedrot sources spotify"} {
		if !strings.Contains(s.out, text) {
			t.Errorf("status --check does not say %q but\n%s", text, s.out)
		}
	}
	l.ok("status") // looking is never a failure
	var status query.Status
	if err := json.Unmarshal([]byte(l.run("--json", "status", "--check").out), &status); err != nil {
		t.Fatal(err)
	}
	stream := status.Streams[slices.IndexFunc(status.Streams, func(s query.StreamStatus) bool { return s.Stream == "audience" })]
	if len(status.Problems) != 2 || !stream.Late || stream.LagDays != 3 || stream.NewestData != "2025-02-27" || stream.LastGood.Format(time.DateOnly) != "2025-03-02" ||
		status.LastGood == nil || status.LastGood.Status != "done" || status.FreeDisk == nil || len(status.Storage) != 5 {
		t.Errorf("%+v\n%+v", status, stream)
	}
	// A run that fails is told, and the one before it stays the last good one.
	l.inLake("inbox/nonsense.csv", "a,b\n1,2\n")
	l.want(3, nil, "run")
	s = l.want(1, nil, "status", "--check")
	for _, text := range []string{"run_failed: ", "the last run ended as partly", "the last good run ended 2025-03-02", "inbox_waiting: inbox/nonsense.csv"} {
		if !strings.Contains(s.out, text) {
			t.Errorf("status --check does not say %q but\n%s", text, s.out)
		}
	}
}

// TestStatusTellsWhoRuns also forgets who was killed.
func TestStatusTellsWhoRuns(t *testing.T) {
	l := newLake(t)
	lock := func(pid string) {
		l.inLake("run/lock", `{"pid": `+pid+`, "host": "`+hostname(t)+`", "command": "run", "since": "2026-01-02T03:00:00Z"}`)
	}
	lock("1")
	if s := l.ok("status"); !strings.Contains(s.out, "running now: bedrot run, process 1, since 2026-01-02T03:00:00Z") {
		t.Error(s.out)
	}
	lock("4194303999")
	if s := l.ok("status"); strings.Contains(s.out, "running now") {
		t.Error(s.out)
	}
}

func hostname(t *testing.T) string {
	t.Helper()
	name, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	return name
}

// TestDoctor breaks one thing at a time: the doctor names it, with what helps, and looks at the rest too.
func TestDoctor(t *testing.T) {
	cases := map[string]struct {
		spoil       func(l *lake)
		what, state string
		found, next string
	}{
		"nothing":       {func(*lake) {}, "catalog of names", "ok", "11 files", ""},
		"settings":      {func(l *lake) { l.inLake("lake.toml", "\nnonsense = 1\n") }, "configuration", "fail", "lake.toml:2: unknown setting nonsense", "edit "},
		"no lake":       {func(l *lake) { l.root = t.TempDir() }, "configuration", "fail", "no lake", "bedrot init"},
		"no folder":     {func(l *lake) { remove(t, l, "inbox") }, "permissions", "fail", "inbox is missing", "bedrot init"},
		"world":         {func(l *lake) { mode(t, l, 0o755) }, "permissions", "warn", "everybody", "chmod o-rwx"},
		"disk":          {func(l *lake) { l.inLake("lake.toml", "[health]\nfree_disk = \"900000TB\"\n") }, "disk", "fail", "MB are left", "bedrot prune"},
		"clock":         {func(l *lake) { l.ok("run"); l.now = l.now.AddDate(0, 0, -1) }, "clock", "fail", "a run ended 2026-01-02", "set the clock"},
		"clock is 1970": {func(l *lake) { l.now = time.Unix(0, 0) }, "clock", "fail", "1970", "set the clock"},
		"script":        {func(l *lake) { l.inLake("sql/desk/30_curated_rows.sql", "select 1\n") }, "scripts", "fail", "30_curated_rows.sql:1", "correct the script"},
		"names":         {func(l *lake) { l.inLake("catalog/artists.csv", "name;person\nx;y\n") }, "catalog of names", "fail", "artists.csv", "edit "},
		"more names":    {func(l *lake) { l.inLake("catalog/people.csv", "a,b\n") }, "catalog of names", "fail", "no script reads", "edit "},
		"no names":      {func(l *lake) { remove(t, l, "catalog"); l.inLake("catalog/README", "") }, "catalog of names", "fail", "holds no files", "bedrot init"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			l := newLake(t)
			c.spoil(l)
			s := l.run("--json", "doctor")
			var findings []query.Finding
			if err := json.Unmarshal([]byte(s.out), &findings); err != nil {
				t.Fatalf("%v: %s%s", err, s.out, s.err)
			}
			if (s.code == 0) != (c.state != "fail") {
				t.Errorf("exit %d where the worst is %s", s.code, c.state)
			}
			if !slices.ContainsFunc(findings, func(f query.Finding) bool {
				return f.What == c.what && f.State == c.state && strings.Contains(f.Found, c.found) && strings.Contains(f.Next, c.next)
			}) {
				t.Errorf("not found: %+v\nin %s", c, s.out)
			}
			for _, f := range findings {
				if f.State != "ok" && f.What != c.what {
					t.Errorf("found besides: %+v", f)
				}
				if f.State == "fail" && f.Next == "" {
					t.Errorf("says no next step: %+v", f)
				}
			}
		})
	}
	l := newLake(t)
	if s := l.ok("doctor"); !strings.Contains(s.out, "ok    DuckDB                 v1.5.6") {
		t.Error(s.out)
	}
	if left := l.filesOf("."); slices.ContainsFunc(left, func(p string) bool { return strings.Contains(p, "doctor") }) {
		t.Errorf("the doctor left something behind: %v", left)
	}
}

func remove(t *testing.T, l *lake, name string) {
	t.Helper()
	if err := os.RemoveAll(filepath.Join(l.root, name)); err != nil {
		t.Fatal(err)
	}
}

func mode(t *testing.T, l *lake, mode os.FileMode) {
	t.Helper()
	if err := os.Chmod(l.root, mode); err != nil {
		t.Fatal(err)
	}
}

// TestSourcesTellHow wants of every stream of every source what a person needs who exports it by hand,
// and a raw script of the same name.
func TestSourcesTellHow(t *testing.T) {
	catalog := embeddedCatalog(t)
	l := &lake{t: t, root: t.TempDir(), now: clock, ctx: t.Context()} // no lake at all
	if list := l.ok("sources").out; !strings.Contains(list, "distrokid") || !strings.Contains(list, "songs, song_timeline") {
		t.Error(list)
	}
	for _, source := range extract.Sources() {
		told := l.ok("sources", source.Name).out
		for _, stream := range source.Streams {
			if catalog.Script("raw."+source.Name+"__"+stream.Name) == nil {
				t.Errorf("%s/%s has no raw script", source.Name, stream.Name)
			}
			if stream.Manual && (len(stream.Steps) < 2 || !strings.HasPrefix(stream.Steps[len(stream.Steps)-1], "bedrot run")) {
				t.Errorf("%s/%s does not say how it is exported", source.Name, stream.Name)
			}
			if len(stream.Traps) == 0 || stream.Cadence == "" {
				t.Errorf("%s/%s knows no trap or no cadence", source.Name, stream.Name)
			}
			for _, text := range slices.Concat(stream.Steps, stream.Limits, stream.Traps) {
				if !strings.Contains(told, text) {
					t.Errorf("bedrot sources %s does not say %q", source.Name, text)
				}
			}
		}
	}
	for _, s := range catalog.Raws() {
		if !slices.ContainsFunc(extract.Sources(), func(source extract.Source) bool {
			return source.Name == s.Source && slices.ContainsFunc(source.Streams, func(stream extract.Stream) bool { return stream.Name == s.Entity })
		}) {
			t.Errorf("no source tells of %s", s.Table)
		}
	}
}
