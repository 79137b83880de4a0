package postgres

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"bedrot/export/postgres/pgtest"
	"bedrot/sql"
	"bedrot/sql/duck"
	"bedrot/zones"
)

var server *pgtest.Server

func TestMain(m *testing.M) {
	if os.Getenv("BEDROT_TEST_EXPORT") != "" {
		os.Exit(child())
	}
	os.Exit(withServer(m))
}

func withServer(m *testing.M) int {
	var err error
	if server, err = pgtest.Start(os.Getenv("BEDROT_TEST_POSTGRES")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = server.Close() }()
	return m.Run()
}

// full sweeps are for just crash.
func full() bool { return os.Getenv("BEDROT_CRASH") == "full" }

// given is a table of a test's lake: its rows as SQL, by partition ("all" where it has none).
type given struct {
	table     Table
	columns   []zones.Column
	partition []string
	parts     map[string]string
}

// newGiven describes a table by `name type` columns.
func newGiven(name, key, partition string, columns ...string) given {
	g := given{table: Table{Name: name, Doc: "One row per " + key + ".", Key: strings.Split(key, " ")}, parts: map[string]string{}}
	for _, text := range columns {
		column, kind, _ := strings.Cut(text, " ")
		g.columns = append(g.columns, zones.Column{Name: column, Type: kind})
		made, err := newColumn(g.columns[len(g.columns)-1])
		if err != nil {
			panic(err)
		}
		made.Doc = "What " + column + " is."
		g.table.Columns = append(g.table.Columns, made)
	}
	if partition != "" {
		g.partition = []string{partition}
		g.table.Partition = g.partition
	}
	return g
}

// with returns the table with other rows in some partitions; "" takes a partition away.
func (g given) with(parts map[string]string) given {
	all := map[string]string{}
	for key, rows := range g.parts {
		all[key] = rows
	}
	for key, rows := range parts {
		if all[key] = rows; rows == "" {
			delete(all, key)
		}
	}
	g.parts = all
	return g
}

// testLake is a lake whose curated tables are given, without scripts.
type testLake struct {
	t    testing.TB
	lake *zones.Lake
	db   *duck.DB
	now  time.Time
}

func newTestLake(t testing.TB) *testLake {
	t.Helper()
	root := filepath.Join(t.TempDir(), "lake")
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	lake, err := zones.Init(root, "", zones.Files{}, now)
	if err != nil {
		t.Fatal(err)
	}
	db, err := duck.Open(t.Context(), duck.Options{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return &testLake{t: t, lake: lake, db: db, now: now}
}

// publish makes a version of the lake that has the tables.
func (l *testLake) publish(tables ...given) *zones.Version {
	l.t.Helper()
	version, err := l.version(l.t.Context(), tables)
	if err != nil {
		l.t.Fatal(err)
	}
	return version
}

func (l *testLake) version(ctx context.Context, tables []given) (*zones.Version, error) {
	l.now = l.now.Add(time.Minute)
	w, err := l.lake.Lock("test", l.now)
	if err != nil {
		return nil, err
	}
	defer func() { _ = w.Close() }()
	run, err := w.NewRunID(l.now)
	if err != nil {
		return nil, err
	}
	draft, err := w.NewDraft(run, "2026-01-02", "test", l.now)
	if err != nil {
		return nil, err
	}
	for _, g := range tables {
		if err := l.put(ctx, w, draft, g); err != nil {
			return nil, err
		}
	}
	if err := draft.Publish(); err != nil {
		return nil, err
	}
	return l.lake.ReadVersion(run)
}

func (l *testLake) put(ctx context.Context, w *zones.Writer, draft *zones.Draft, g given) error {
	manifest := &zones.Table{Name: g.table.Name, Columns: g.columns, Partition: g.partition}
	for i, key := range sortedKeys(g.parts) {
		var typed, names []string
		for _, column := range g.columns {
			typed = append(typed, duck.Ident(column.Name)+"::"+column.Type+" as "+duck.Ident(column.Name))
			names = append(names, column.Name)
		}
		query := "select " + strings.Join(typed, ", ") + " from (" + g.parts[key] + ") as given(" + duck.Idents(names) + ")"
		file := filepath.Join(w.Scratch.Dir, fmt.Sprintf("%s_%d.parquet", g.table.Name, i))
		if _, err := l.db.Copy(ctx, query, file, "(format parquet)"); err != nil {
			return err
		}
		part := zones.Part{Key: key}
		if key != "all" {
			part.Values = []string{key}
			part.Key = zones.PartKey(part.Values)
		}
		sum := new(big.Int)
		if err := l.db.One(ctx, "select count(*), coalesce(sum(hash(g)), 0) from '"+file+"' as g", &part.Rows, &sum); err != nil {
			return err
		}
		part.Fingerprint = sum.String()
		part, err := draft.AddPart(g.table.Name, part, file)
		if err != nil {
			return err
		}
		manifest.Parts = append(manifest.Parts, part)
	}
	manifest.SetContent()
	return draft.PutTable(manifest)
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(mapKeys(m)) }

// exporter publishes the tables of a test's lake into a database.
func (l *testLake) exporter(url string, tables ...given) *Exporter {
	e := &Exporter{
		Lake: l.lake, Scripts: sql.Scripts(), URL: url, Threads: 1, Memory: "500MB", Wait: 20 * time.Second, Pause: 20 * time.Millisecond,
		Bedrot: "test", Log: slog.New(slog.DiscardHandler), Now: time.Now,
	}
	for _, g := range tables {
		e.Tables = append(e.Tables, g.table)
	}
	return e
}

// release publishes a version with the tables and exports it.
func (l *testLake) release(url string, tables ...given) Report {
	l.t.Helper()
	return l.must(l.exporter(url, tables...), l.publish(tables...))
}

func (l *testLake) must(e *Exporter, version *zones.Version) Report {
	l.t.Helper()
	report, err := e.Publish(l.t.Context(), version)
	if err != nil {
		l.t.Fatalf("%v\n%+v", err, report)
	}
	return report
}

// ask is a test's own look into the database.
func ask(t testing.TB, url, query string, args ...any) [][]string {
	t.Helper()
	ctx, stop := context.WithTimeout(context.Background(), time.Minute) // a test's cleanup asks, too
	defer stop()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(ctx) }()
	rows, err := askOn(ctx, conn, query, args...)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return rows
}

// askOn reads all values as text.
func askOn(ctx context.Context, conn *pgx.Conn, query string, args ...any) ([][]string, error) {
	rows, err := conn.Query(ctx, query, append([]any{pgx.QueryResultFormats{pgx.TextFormatCode}}, args...)...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all [][]string
	for rows.Next() {
		var row []string
		for _, value := range rows.RawValues() {
			text := string(value)
			if value == nil {
				text = "NULL"
			}
			row = append(row, text)
		}
		all = append(all, row)
	}
	return all, rows.Err()
}

// one asks for a single value.
func one(t testing.TB, url, query string, args ...any) string {
	t.Helper()
	rows := ask(t, url, query, args...)
	if len(rows) != 1 || len(rows[0]) != 1 {
		t.Fatalf("%s: %v", query, rows)
	}
	return rows[0][0]
}

func do(t testing.TB, url string, statements ...string) {
	t.Helper()
	for _, statement := range statements {
		ask(t, url, statement)
	}
}

// runScript runs SQL of many statements, as psql would.
func runScript(t testing.TB, url, script string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(t.Context())) }()
	if _, err := conn.PgConn().Exec(t.Context(), script).ReadAll(); err != nil {
		t.Fatal(err)
	}
}

// denied reports whether a login may not do something.
func denied(t testing.TB, url, statement string) bool {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(t.Context())) }()
	_, err = askOn(t.Context(), conn, statement)
	var refused *pgconn.PgError
	return errors.As(err, &refused) && refused.Code == "42501"
}
