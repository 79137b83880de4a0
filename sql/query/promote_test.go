package query_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	bedrotsql "bedrot/sql"
	"bedrot/sql/duck"
	"bedrot/sql/query"
	"bedrot/zones"
)

// Analysts ask while the job publishes. Every version of the lake here has two tables whose rows say
// which version they belong to; a query of several statements that ever sees two numbers has seen two
// versions mixed. The same readers against files that are replaced in place must see that, or they
// would prove nothing.

var tables = []string{"curated.left_half", "staging.right_half"}

// generation writes a table's Parquet file for one version.
func generation(ctx context.Context, db *duck.DB, n int, file string) error {
	return db.Exec(ctx, fmt.Sprintf("copy (select %d::bigint as n, range::bigint as i from range(200)) to %s (format parquet)", n, duck.Literal(file)))
}

// promote publishes one more version.
func promote(ctx context.Context, db *duck.DB, w *zones.Writer, n int) error {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(n) * time.Minute)
	run, err := w.NewRunID(now)
	if err != nil {
		return err
	}
	draft, err := w.NewDraft(run, "2026-01-01", "v1", now)
	if err != nil {
		return err
	}
	for _, name := range tables {
		file := filepath.Join(w.Scratch.Dir, "part.parquet")
		if err := generation(ctx, db, n, file); err != nil {
			return err
		}
		part, err := draft.AddPart(name, zones.Part{Key: "all", Rows: 200, Fingerprint: fmt.Sprint(n)}, file)
		if err != nil {
			return err
		}
		table := &zones.Table{Name: name, Columns: []zones.Column{{Name: "n", Type: "BIGINT"}, {Name: "i", Type: "BIGINT"}}, Parts: []zones.Part{part}}
		table.SetContent()
		if err := draft.PutTable(table); err != nil {
			return err
		}
	}
	return draft.Publish()
}

// sizes are how many queries and promotions there are; BEDROT_CRASH=full asks for the full number.
func sizes() (queries, promotions int) {
	if os.Getenv("BEDROT_CRASH") == "full" {
		return 2000, 200
	}
	return 120, 20
}

// seen collects the single values a query's statements answered.
type seen struct{ values []string }

func (s *seen) Columns([]query.Column) error { return nil }
func (s *seen) End() error                   { return nil }
func (s *seen) Row(cells []query.Cell) error {
	s.values = append(s.values, cells[0].Text)
	return nil
}

func TestQueriesNeverSeeTwoVersions(t *testing.T) {
	queries, promotions := sizes()
	lake, err := zones.Init(t.TempDir(), "", zones.Files{}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	w, err := lake.Lock("test", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = w.Close() }()
	db, err := duck.Open(t.Context(), duck.Options{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if err := promote(t.Context(), db, w, 0); err != nil {
		t.Fatal(err)
	}
	ask := func(ctx context.Context) ([]string, error) {
		s, err := query.OpenCurrent(ctx, lake, query.Options{Options: duck.Options{Threads: 1, Memory: "200MB"}, Scripts: bedrotsql.Scripts()})
		if err != nil {
			return nil, err
		}
		defer func() { _ = s.Close() }()
		var got seen
		err = s.Run(ctx, `select distinct n from curated.left_half;
			select distinct n from staging.right_half;
			select distinct l.n from curated.left_half as l inner join staging.right_half as r on l.n = r.n;
			select distinct n from curated.left_half`, &got)
		if err == nil && len(got.values) != 4 {
			err = fmt.Errorf("%d values", len(got.values))
		}
		return got.values, err
	}
	distinct, mixed, failed := race(t, queries, promotions, ask, func(ctx context.Context, n int) error { return promote(ctx, db, w, n) })
	if mixed > 0 || failed > 0 {
		t.Errorf("%d queries mixed versions, %d failed", mixed, failed)
	}
	if distinct < promotions/4 {
		t.Errorf("the queries saw only %d versions: readers and writer hardly met", distinct)
	}
}

func TestReplacingInPlaceMixesVersions(t *testing.T) {
	queries, promotions := sizes()
	dir := t.TempDir()
	db, err := duck.Open(t.Context(), duck.Options{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	replace := func(ctx context.Context, n int) error {
		for _, name := range tables {
			file := filepath.Join(dir, name+".parquet")
			if err := generation(ctx, db, n, file+".new"); err != nil {
				return err
			}
			if err := os.Rename(file+".new", file); err != nil {
				return err
			}
			time.Sleep(2 * time.Millisecond) // as long as the next table takes to be built, or less
		}
		return nil
	}
	if err := replace(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	ask := func(ctx context.Context) ([]string, error) {
		reader, err := duck.Open(ctx, duck.Options{Threads: 1, Memory: "200MB"})
		if err != nil {
			return nil, err
		}
		defer func() { _ = reader.Close() }()
		var values []string
		for _, name := range append(tables, tables[0]) {
			var n string
			if err := reader.One(ctx, "select distinct n::varchar from read_parquet("+duck.Literal(filepath.Join(dir, name+".parquet"))+")", &n); err != nil {
				return nil, err
			}
			values = append(values, n)
		}
		return values, nil
	}
	if _, mixed, failed := race(t, queries, promotions, ask, replace); mixed == 0 && failed == 0 {
		t.Error("replacing files in place mixed nothing and failed nothing: the other test proves nothing")
	}
}

// race asks with two readers while one writer promotes, until both have done their number.
func race(t *testing.T, queries, promotions int, ask func(context.Context) ([]string, error), promote func(context.Context, int) error) (distinct, mixed, failed int) {
	t.Helper()
	var asked, wrong, broken atomic.Int64
	var versions sync.Map
	var workers sync.WaitGroup
	for range 2 {
		workers.Go(func() {
			for asked.Add(1) <= int64(queries) {
				values, err := ask(t.Context())
				if err != nil {
					broken.Add(1)
					t.Logf("a query failed: %v", err)
					continue
				}
				versions.Store(values[0], true)
				if strings.Count(strings.Join(values, " ")+" ", values[0]+" ") != len(values) {
					wrong.Add(1)
				}
			}
		})
	}
	for n := 1; n <= promotions || asked.Load() < int64(queries); n++ {
		if err := promote(t.Context(), n); err != nil {
			t.Fatal(err)
		}
		// Spread the promotions over the queries, so that most queries have one beside them.
		for asked.Load() < int64(queries) && asked.Load() < int64(n*queries/promotions) {
			time.Sleep(time.Millisecond)
		}
	}
	workers.Wait()
	versions.Range(func(any, any) bool { distinct++; return true })
	t.Logf("%d queries beside %d promotions: %d versions seen, %d mixed, %d failed", queries, promotions, distinct, wrong.Load(), broken.Load())
	return distinct, int(wrong.Load()), int(broken.Load())
}
