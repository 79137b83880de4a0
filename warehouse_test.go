package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"bedrot/export/postgres"
	"bedrot/export/postgres/pgtest"
	"bedrot/export/warehouse"
	"bedrot/sql"
	"bedrot/sql/query"
	"bedrot/zones"
)

// started is the server that tests of this package share, once one asked for it.
var started struct {
	sync.Mutex
	server *pgtest.Server
}

func postgresServer(t testing.TB) *pgtest.Server {
	t.Helper()
	started.Lock()
	defer started.Unlock()
	if started.server == nil {
		var err error
		if started.server, err = pgtest.Start(os.Getenv("BEDROT_TEST_POSTGRES")); err != nil {
			t.Fatal(err)
		}
	}
	return started.server
}

func stopPostgres() {
	if started.server != nil {
		_ = started.server.Close()
	}
}

// withDatabase lets the lake publish into a database of its own, until the end of the test.
func (l *lake) withDatabase(t *testing.T) string {
	t.Helper()
	url := postgresServer(t).Database(t)
	path := filepath.Join(l.root, ".env")
	if err := os.WriteFile(path, []byte(postgres.URLSetting+"="+url+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Remove(path) })
	return url
}

// warehouseHoldsAll exports the demo's lake and compares every value of every table and view with what a
// question to the lake is answered.
func warehouseHoldsAll(t *testing.T, l *lake) {
	url := l.withDatabase(t)
	l.t = t
	if said := l.ok("export", "postgres"); !strings.Contains(said.err, "released version") {
		t.Errorf("%s", said.err)
	}
	compareWarehouse(t, l, url)
	if said := l.ok("export", "postgres"); !strings.Contains(said.err, "nothing to release") {
		t.Errorf("%s", said.err)
	}
	// An older version, and back by the step of a run.
	var versions []struct{ Version string }
	if err := json.Unmarshal([]byte(l.ok("--json", "rollback").out), &versions); err != nil || len(versions) < 2 {
		t.Fatalf("%v %+v", err, versions)
	}
	older := slices.MinFunc(versions, func(a, b struct{ Version string }) int { return strings.Compare(a.Version, b.Version) }).Version
	l.ok("export", "postgres", "--as-of", older)
	conn := connectTo(t, url)
	var shown string
	if err := conn.QueryRow(t.Context(), "select lake_version from bedrot.current_release").Scan(&shown); err != nil || shown != older {
		t.Errorf("the tables show %s, want %s: %v", shown, older, err)
	}
	l.ok("run")
	compareWarehouse(t, l, url)
	if got := l.one("select count(*) from meta.journal where kind = 'step' and step = 'export' and status = 'released'"); got != "1" {
		t.Errorf("the journal tells of %s exports", got)
	}
	// What it says when it is asked wrongly.
	l.want(2, []string{"where to?"}, "export")
	if said := l.ok("export", "--roles"); !strings.Contains(said.out, "bedrot_reader") {
		t.Errorf("%s", said.out)
	}
	if err := os.Remove(filepath.Join(l.root, ".env")); err != nil {
		t.Fatal(err)
	}
	l.want(2, []string{"which database?"}, "export", "postgres")
}

func connectTo(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

func compareWarehouse(t *testing.T, l *lake, url string) {
	t.Helper()
	opened, err := zones.Open(l.root, "", zones.Files{})
	if err != nil {
		t.Fatal(err)
	}
	s, err := query.OpenCurrent(t.Context(), opened, query.Options{Scripts: sql.Scripts(), Unfenced: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	catalog, err := loadEmbedded()
	if err != nil {
		t.Fatal(err)
	}
	tables, err := postgres.Tables(catalog)
	if err != nil {
		t.Fatal(err)
	}
	views, err := warehouse.Views()
	if err != nil {
		t.Fatal(err)
	}
	if len(tables) < 50 || len(views) != 7 {
		t.Errorf("%d tables and %d views", len(tables), len(views))
	}
	conn := connectTo(t, url)
	for _, table := range tables {
		if err := s.Need(t.Context(), table.Name); err != nil {
			t.Fatal(err)
		}
		var columns []string
		for _, column := range table.Columns {
			columns = append(columns, column.Name)
		}
		compareRows(t, s, conn, table.Name, columns, table.Name, table.Name)
	}
	for _, view := range views {
		var columns []string
		for _, doc := range view.Columns {
			columns = append(columns, doc.Name)
		}
		compareRows(t, s, conn, view.Name, columns, "("+view.SQL+")", "dashboards."+view.Name)
		var count int
		if err := conn.QueryRow(t.Context(), "select count(*) from information_schema.columns where table_schema = 'dashboards' and table_name = $1", view.Name).Scan(&count); err != nil || count != len(columns) {
			t.Errorf("dashboards.%s has %d columns, %d are described: %v", view.Name, count, len(columns), err)
		}
	}
}

var (
	instant = regexp.MustCompile(`^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?)\+00$`)
	float   = regexp.MustCompile(`^-?\d+\.\d+$|e[+-]\d+$`)
)

// compareRows compares the same columns on both sides, value by value, as a multiset.
func compareRows(t *testing.T, s *query.Session, conn *pgx.Conn, name string, columns []string, here, there string) {
	t.Helper()
	cast := func(kind string) string {
		var list []string
		for _, column := range columns {
			list = append(list, `coalesce(x."`+column+`"::`+kind+`, '∅')`)
		}
		return strings.Join(list, " || '|' || ")
	}
	count := map[string]int{}
	total := 0
	err := s.DB.Scan(t.Context(), "select "+cast("varchar")+" from "+here+" as x", func(scan func(...any) error) error {
		var row string
		err := scan(&row)
		count[plainRow(row)]++
		total++
		return err
	})
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	rows, err := conn.Query(t.Context(), "select "+cast("text")+" from "+there+" as x")
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	theirs, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	for _, row := range theirs {
		if count[plainRow(row)]--; count[plainRow(row)] < 0 {
			t.Errorf("%s: PostgreSQL has %s", name, plainRow(row))
			return
		}
	}
	if len(theirs) != total || total == 0 {
		t.Errorf("%s: %d rows in PostgreSQL, %d in the lake", name, len(theirs), total)
	}
}

// plainRow writes times and floats in one way.
func plainRow(row string) string {
	values := strings.Split(row, "|")
	for i, value := range values {
		if m := instant.FindStringSubmatch(value); m != nil {
			values[i] = m[1]
		} else if f, err := strconv.ParseFloat(value, 64); err == nil && float.MatchString(value) && len(value) < 18 {
			values[i] = strconv.FormatFloat(f, 'g', -1, 64)
		}
	}
	return strings.Join(values, "|")
}

// TestNextRunPublishesWhatIsMissing: a night without its database promotes the lake, and the next run makes
// up for it although nothing is new.
func TestNextRunPublishesWhatIsMissing(t *testing.T) {
	t.Parallel()
	l := newLake(t)
	l.ok("import", l.file("bank_20250301_000000.tsv", firstStatement()))
	url := l.withDatabase(t)
	path := filepath.Join(l.root, ".env")
	if err := os.WriteFile(path, []byte("POSTGRES_HOST=127.0.0.1\nPOSTGRES_PORT=1\nPOSTGRES_USER=nobody\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	l.want(3, []string{"127.0.0.1:1"}, "run")
	usd := l.one("select sum(gross_usd) from curated.royalties")
	l.want(1, []string{"next: see that the server runs"}, "export", "postgres")
	l.want(1, nil, "doctor")
	if err := os.WriteFile(path, []byte(postgres.URLSetting+"="+url+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	l.ok("run", "--dry-run")
	if said := l.ok("export", "postgres", "--diff"); !strings.Contains(said.err, "would release") {
		t.Errorf("%s", said.err)
	}
	conn := connectTo(t, url)
	var there bool
	if err := conn.QueryRow(t.Context(), "select to_regclass('curated.royalties') is not null").Scan(&there); err != nil || there {
		t.Fatalf("a dry run has published: %v", err)
	}
	l.want(0, []string{"released version"}, "run", "--failed")
	l.want(0, []string{"nothing failed"}, "run", "--failed")
	var shown string
	if err := conn.QueryRow(t.Context(), "select sum(gross_usd)::text from curated.royalties").Scan(&shown); err != nil || shown != usd {
		t.Errorf("PostgreSQL shows %s, the lake %s: %v", shown, usd, err)
	}
	if said := l.run("doctor"); !strings.Contains(said.out, "can be published into") {
		t.Errorf("%s%s", said.out, said.err)
	}
	var report postgres.Report
	if err := json.Unmarshal([]byte(l.ok("--json", "export", "postgres", "--full").out), &report); err != nil || report.Release == "" || report.Rows == 0 {
		t.Errorf("%+v %v", report, err)
	}
}
