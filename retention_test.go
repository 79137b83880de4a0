package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"bedrot/sql"
	"bedrot/sql/duck"
	"bedrot/sql/query"
	"bedrot/zones"
)

// TestAfterPackingAndPruning lives through 45 nights, lets retention pack and let go, and asks again:
// the same answers, the same lines, the same bytes of a full build, and the version of a date 40 nights
// back.
func TestAfterPackingAndPruning(t *testing.T) {
	t.Parallel()
	l := newLakeOn(t, allSources) // lineage reads the scripts of all
	l.inLake("lake.toml", "[retention]\npack_after_days = 20\nversion_days = 36\n")
	for night := range 45 {
		l.now = clock.AddDate(0, 0, night)
		switch night {
		case 0, 5, 10:
			l.ok("import", arrivals(l)[night/5])
		case 12:
			l.ok("import", l.file("ZONE A0-audience-timeline_20250301_000000.csv", audienceFile("2025-02-01", 7, 8, 9)))
		case 30:
			l.ok("import", l.file("bank_20250701_000000.tsv", bankFile("\n", sale{"2025-04", "Spotify", isrc, "1", "0.1"})))
		default:
			continue // nothing new, and nothing would be written
		}
		l.ok("run")
	}
	if packed, _ := filepath.Glob(filepath.Join(l.root, "archive/landing/*/*/*/*/*.zst")); len(packed) != 3 {
		t.Errorf("the run of night 30 packed %v, three drops were 20 days old", packed)
	}
	lineage := l.ok("lineage", "curated.royalties").out
	before := l.state()
	l.asOf("2026-01-07", "20260107T", "0.864691357803")

	l.now = clock.AddDate(0, 0, 45)
	said := l.ok("prune")
	if !strings.Contains(said.out, "nothing was changed") || !strings.Contains(said.out, "let go  versions/20260102T") {
		t.Errorf("prune previews:\n%s", said.out)
	}
	l.want(0, []string{"retention: 1 versions and 0 raw files let go, 1 drops packed"}, "run")
	if landed, _ := filepath.Glob(filepath.Join(l.root, "landing/*/*/*/*/000-*")); len(landed) != 1 {
		t.Errorf("in landing are still %v", landed)
	}
	if packed, _ := filepath.Glob(filepath.Join(l.root, "archive/landing/*/*/*/*/*.zst")); len(packed) != 4 {
		t.Errorf("packed are %v", packed)
	}
	l.want(0, []string{"nothing changed"}, "run")

	if again := l.ok("lineage", "curated.royalties").out; again != lineage || !strings.Contains(again, "0.412345678901") {
		t.Errorf("lineage tells another story:\n%s\nthan before:\n%s", again, lineage)
	}
	if s := l.ok("check"); !strings.Contains(s.out, "0 damaged") {
		t.Error(s.out)
	}
	// 40 nights back.
	l.asOf("2026-01-07", "20260107T", "0.864691357803")
	// What somebody has already landed is still recognised.
	l.want(0, []string{"already landed"}, "import", arrivals(l)[0])
	// Read anew from the archive: every raw file goes, and comes back.
	if err := os.RemoveAll(filepath.Join(l.root, "raw")); err != nil {
		t.Fatal(err)
	}
	l.ok("build", "--full")
	if names := differences(before, l.state()); len(names) > 0 {
		t.Errorf("built from the archive, other bytes: %v", names)
	}
	l.equal("select count(*) from archive.distrokid__bank", "6") // of the first two statements, and what the third repeats
}

// A packed file that has rotted is found by check, named, and never read as if nothing were.
func TestADamagedArchiveIsNoticed(t *testing.T) {
	l := newLake(t)
	l.inLake("lake.toml", "[retention]\npack_after_days = 1\n")
	l.published()
	l.now = clock.AddDate(0, 0, 3)
	l.ok("run")
	l.overwrite("archive/landing/distrokid/bank/account=main/drop=*/000-*.zst", "rotten")
	if s := l.want(1, nil, "check"); !strings.Contains(s.out, "archive/landing/distrokid/bank/account=main") {
		t.Errorf("check says %s", s.out)
	}
	if err := os.RemoveAll(filepath.Join(l.root, "raw")); err != nil {
		t.Fatal(err)
	}
	l.want(1, []string{"the packed file cannot be read", "next: bedrot check"}, "build", "--full")
}

// A killed or failing run may leave the packed file beside the original: the next one goes on from there.
func TestPackingIsInterrupted(t *testing.T) {
	t.Parallel()
	for _, op := range []string{"create", "write", "chmod", "fsync", "mkdir", "rename", "remove"} {
		l := newLake(t)
		l.inLake("lake.toml", "[retention]\npack_after_days = 1\n")
		l.published()
		l.now = clock.AddDate(0, 0, 3)
		failed := false
		l.files.Fault = func(did, path string) error {
			if did == op && !failed && (strings.Contains(path, "archive") || strings.Contains(path, "packed-") || strings.Contains(path, "000-bank")) {
				failed = true
				return errors.New("the test says no")
			}
			return nil
		}
		s := l.run("prune", "--apply")
		if failed && s.code == 0 {
			t.Errorf("%s failed, and prune says nothing: %s%s", op, s.out, s.err)
		}
		l.files = zones.Files{}
		l.ok("prune", "--apply")
		if s := l.ok("check"); !strings.Contains(s.out, "0 damaged") {
			t.Errorf("after %s failed: %s", op, s.out)
		}
		if left, _ := filepath.Glob(filepath.Join(l.root, "landing/*/*/*/*/000-*")); len(left) > 0 {
			t.Errorf("after %s failed, not packed: %v", op, left)
		}
	}
}

// TestReadersWhilePruning asks questions, 1,000 in its full form, while versions are published and let
// go the moment another takes their place.
func TestReadersWhilePruning(t *testing.T) {
	l := newLake(t)
	l.inLake("lake.toml", "[retention]\nversion_days = 0\nversion_months = 0\n")
	l.published()
	opened, err := zones.Open(l.root, "", zones.Files{})
	if err != nil {
		t.Fatal(err)
	}
	questions := make(chan struct{})
	failures := make(chan error, 1000)
	var readers sync.WaitGroup
	for range 2 {
		readers.Go(func() {
			db, err := duck.Open(t.Context(), duck.Options{})
			if err != nil {
				failures <- err
				for range questions { // nobody else may be there to ask
				}
				return
			}
			defer func() { _ = db.Close() }()
			for range questions {
				if err := askOnce(t.Context(), opened, db); err != nil {
					failures <- err
				}
			}
		})
	}
	stop, promoted := make(chan struct{}), 0
	var promoter sync.WaitGroup
	promoter.Go(func() {
		for ; ; promoted++ {
			select {
			case <-stop:
				return
			default:
			}
			if err := promote(l, opened); err != nil {
				failures <- err
				return
			}
		}
	})
	count := 200
	if os.Getenv("BEDROT_CRASH") == "full" {
		count = 1000
	}
	for range count {
		questions <- struct{}{}
	}
	close(questions)
	readers.Wait()
	close(stop)
	promoter.Wait()
	close(failures)
	for err := range failures {
		t.Error(err)
	}
	t.Logf("%d promotions", promoted)
	if promoted < count/20 {
		t.Errorf("only %d promotions: this proves little", promoted)
	}
	if runs, err := opened.Versions(); err != nil || len(runs) > 8 {
		t.Errorf("%d versions are left: %v", len(runs), err)
	}
}

// askOnce asks what is published in a session of its own, in a DuckDB made as empty as a new one, at a tenth
// of its cost: more of the time goes into finding, holding and reading a version.
func askOnce(ctx context.Context, lake *zones.Lake, db *duck.DB) error {
	if err := db.Renew(ctx, duck.Options{Threads: 1, Memory: "200MB"}); err != nil {
		return err
	}
	s, err := query.OpenCurrent(ctx, lake, query.Options{DB: db, Scripts: sql.Scripts(), Unfenced: true})
	if err != nil {
		return err
	}
	var rows int64
	err = s.Need(ctx, "curated.royalties", "raw.distrokid__bank")
	if err == nil {
		err = s.DB.One(ctx, "select count(*) from curated.royalties, raw.distrokid__bank", &rows)
	}
	return errors.Join(err, s.Close())
}

// promote publishes the published version once more under another name, and prunes.
func promote(l *lake, opened *zones.Lake) error {
	w, err := opened.Lock("test", l.now)
	if err != nil {
		return err
	}
	version, err := w.Current()
	if err != nil {
		return err
	}
	run, err := w.NewRunID(l.now)
	if err != nil {
		return err
	}
	draft, err := w.NewDraft(run, "2026-01-01", version.Engine, l.now)
	if err != nil {
		return err
	}
	for _, name := range version.Names("") {
		table, err := version.Table(name)
		if err == nil {
			err = draft.PutTable(table)
		}
		if err != nil {
			return err
		}
	}
	if err := draft.Publish(); err != nil {
		return err
	}
	acts, err := w.Plan(w.Config.Retention, l.now.AddDate(0, 0, 1))
	if err == nil {
		_, err = w.Apply(l.ctx, acts)
	}
	return errors.Join(err, w.Close())
}
