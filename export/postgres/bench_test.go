package postgres

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"bedrot/zones"
)

// TestBench is a part of `just bench`: what a release costs beside psql's \copy of the same rows with the
// same difference in plain SQL, and whether a night costs what changes and not what is there.
//
//	BEDROT_BENCH_ROWS=1000000   of the full release
func TestBench(t *testing.T) {
	if os.Getenv("BEDROT_BENCH") == "" {
		t.Skip("set BEDROT_BENCH=1, or: just bench")
	}
	rows := 1_000_000
	if text := os.Getenv("BEDROT_BENCH_ROWS"); text != "" {
		var err error
		if rows, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	b := &bench{T: t, l: newTestLake(t), result: map[string]float64{"rows": float64(rows), "processors": float64(runtime.NumCPU())}}
	const months, rounds = 100, 3 // so that a restated month is a change of 1 %
	history := ledger(months, rows/months)
	full, floor := time.Duration(0), time.Duration(0)
	for round := range rounds { // by turns, the best of each: other work on the machine only slows
		full, floor = best(full, b.full(history)), best(floor, b.floor(history))
		t.Logf("round %d: best full release %s, best \\copy and merge %s", round+1, full, floor)
	}
	b.result["full_seconds"], b.result["floor_seconds"] = full.Seconds(), floor.Seconds()
	b.promise("full release by psql \\copy and its own merge", full.Seconds()/floor.Seconds(), 1.1)
	one, oneFloor := b.night(history, rounds, 1)
	ten, tenFloor := b.night(history, rounds, 10)
	quarter, _ := b.night(ledger(months/4, rows/months), rounds, 1)
	b.result["night_seconds"], b.result["night_floor_seconds"], b.result["night_on_a_quarter_seconds"] = one.Seconds(), oneFloor.Seconds(), quarter.Seconds()
	b.result["night_of_ten_seconds"], b.result["night_of_ten_floor_seconds"] = ten.Seconds(), tenFloor.Seconds()
	// Of so few rows a quarter of the time is what any release takes: to look at the schema and the views.
	b.promise("a night of 1 % by psql \\copy and merge of those rows", one.Seconds()/oneFloor.Seconds(), 1.5)
	b.promise("a night of 10 % by psql \\copy and merge of those rows", ten.Seconds()/tenFloor.Seconds(), 1.3)
	b.promise("a night of 10 % by ten of 1 %", ten.Seconds()/one.Seconds()/10, 1)
	b.promise("a night on 4 times the history by one on 1", one.Seconds()/quarter.Seconds(), 1.3)
	b.Logf("a night of 1 %% takes %.3f of the full release", one.Seconds()/full.Seconds())
	data, err := json.MarshalIndent(b.result, "", " ")
	if err == nil {
		err = os.MkdirAll("../../reports", 0o755)
	}
	if err == nil {
		err = os.WriteFile("../../reports/bench-postgres.json", append(data, '\n'), 0o644)
	}
	if err != nil {
		t.Error(err)
	}
}

type bench struct {
	*testing.T
	l      *testLake
	result map[string]float64
}

func (b *bench) promise(name string, ratio, limit float64) {
	b.result[name] = ratio
	b.Logf("%-58s %10.3f of %.2f", name, ratio, limit)
	if ratio > limit {
		b.Errorf("%s: %.3f, promised are at most %.2f", name, ratio, limit)
	}
}

func best(a, b time.Duration) time.Duration {
	if a == 0 || b < a {
		return b
	}
	return a
}

// ledger is a table like the statements' lines.
func ledger(months, lines int) given {
	g := newGiven("curated.ledger", "month artist isrc store country", "month", "month VARCHAR", "artist VARCHAR", "isrc VARCHAR", "store VARCHAR", "country VARCHAR", "source VARCHAR", "account VARCHAR", "units BIGINT", "gross_usd DECIMAL(38,12)", "net_usd DECIMAL(38,12)", "is_final BOOLEAN")
	for month := range months {
		key := fmt.Sprintf("%d-%02d", 2020+month/12, month%12+1)
		g.parts[key] = lines1(key, lines, 1)
	}
	return g
}

func lines1(month string, lines, night int) string {
	return fmt.Sprintf(`select '%s', case when i %% 7 = 0 then null else 'ARTIST ' || (i %% 11) end, 'QZA0000' || (i %% 997), 'Store ' || (i // 997 %% 20), 'C' || (i // 19940), 'distrokid', 'main', i,
		(hash(i) %% 1000000)::decimal(38, 12) / %d, case when i %% 3 = 0 then null else 0.000000000001 * i end, i %% 2 = 0 from range(%d) as r(i)`, month, 1000*night, lines)
}

func (b *bench) full(g given) time.Duration {
	b.Helper()
	url := server.Database(b.T)
	b.l.release(url, artists()) // the schemas, dimensions and views
	version := b.l.publish(g, artists())
	started := time.Now()
	report := b.l.must(b.l.exporter(url, g, artists()), version)
	took := time.Since(started)
	if one(b, url, "select count(*) from curated.ledger") != fmt.Sprint(report.Rows) {
		b.Error("rows are missing")
	}
	return took
}

// floor is what a person with psql would do: the same rows out of a CSV file that is there already, into a
// temporary table, and the difference by key into a table with the same keys, indexes and references.
func (b *bench) floor(g given) time.Duration {
	b.Helper()
	url := server.Database(b.T)
	version := b.l.publish(g)
	e := b.l.exporter(url, g)
	empty := g
	empty.parts = map[string]string{}
	b.l.must(e, b.l.publish(empty)) // the schemas and dimensions as bedrot makes them
	csv := filepath.Join(b.TempDir(), "rows.csv")
	manifest, err := version.Table("curated.ledger")
	if err != nil {
		b.Fatal(err)
	}
	if _, err := b.l.db.Copy(b.Context(), "from read_parquet("+filesOf(version, manifest)+")", csv, "(format csv, header false)"); err != nil {
		b.Fatal(err)
	}
	return b.psql(url, plainMerge(g.table, csv))
}

func (b *bench) psql(url string, statements []string) time.Duration {
	b.Helper()
	psql := exec.Command(server.Program("psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", url)
	psql.Stdin = strings.NewReader(strings.Join(statements, ";\n") + ";\n")
	started := time.Now()
	if text, err := psql.CombinedOutput(); err != nil {
		b.Fatalf("psql: %v\n%s", err, text)
	}
	return time.Since(started)
}

// plainMerge is the floor's SQL: keys and references come once the table has its rows, as bedrot makes them.
func plainMerge(t Table, csv string) []string {
	w := &work{table: t, stage: "pg_temp.stage"}
	var columns []string
	for _, column := range t.Columns {
		columns = append(columns, quote(column.Name)+" "+column.Type)
	}
	all := []string{
		"drop table curated.ledger", "create table curated.ledger (" + strings.Join(columns, ", ") + ")",
		strings.ReplaceAll(joins, "local ", ""), "create temporary table stage (" + strings.Join(columns, ", ") + ")",
		"\\copy stage from '" + csv + "' (format csv)\n;analyze stage", "begin",
	}
	t.referring(func(dimension string, names []string) {
		all = append(all, "insert into "+dimension+" select distinct "+quoteAll(names)+" from stage where "+quote(names[0])+" is not null on conflict do nothing")
	})
	all = append(all,
		"delete from curated.ledger as t where "+w.missing(),
		"update curated.ledger as t set gross_usd = s.gross_usd from stage as s where "+w.same()+" and "+w.differs(),
		"insert into curated.ledger select * from stage as s where "+w.added())
	add := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	bare := &actual{made: map[string]bool{}}
	t.indexes(bare, add)
	t.references(bare, add)
	return append(all, "commit")
}

func filesOf(version *zones.Version, manifest *zones.Table) string {
	var files []string
	for _, part := range manifest.Parts {
		files = append(files, literalDuck(filepath.Join(version.Dir(), part.File)))
	}
	return "[" + strings.Join(files, ", ") + "]"
}

// night restates some months on top of a history; the floor is the same merge by psql, of rows that are
// in a CSV file already, into a table that bedrot made.
func (b *bench) night(g given, rounds, months int) (took, floor time.Duration) {
	b.Helper()
	url, other := server.Database(b.T), server.Database(b.T)
	for _, database := range []string{url, other} {
		b.l.release(database, g)
		do(b, database, "analyze")
	}
	lines, err := strconv.Atoi(one(b, url, "select count(*) from curated.ledger where month = '2020-03'"))
	if err != nil {
		b.Fatal(err)
	}
	for round := range rounds {
		restated := map[string]string{}
		for month := range months {
			key := fmt.Sprintf("%d-%02d", 2020+month/12, month%12+1)
			restated[key] = lines1(key, lines, round+2)
		}
		version := b.l.publish(g.with(restated))
		started := time.Now()
		report := b.l.must(b.l.exporter(url, g), version)
		took = best(took, time.Since(started))
		if report.Rows != int64(lines*months) || report.Changes[0].Updated == 0 {
			b.Errorf("%+v", report)
		}
		csv := filepath.Join(b.TempDir(), "rows.csv")
		for key, rows := range restated {
			restated[key] = "(" + rows + ")"
		}
		rows := strings.Join(slices.Collect(maps.Values(restated)), " union all ")
		if _, err := b.l.db.Copy(b.Context(), rows, csv, "(format csv, header false)"); err != nil {
			b.Fatal(err)
		}
		floor = best(floor, b.psql(other, plainNight(g.table, csv, slices.Sorted(maps.Keys(restated)))))
	}
	return took, floor
}

// plainNight is the floor's SQL of some months.
func plainNight(t Table, csv string, months []string) []string {
	w := &work{table: t, stage: "pg_temp.stage", scope: "t.month in ('" + strings.Join(months, "', '") + "')"}
	var columns, sets []string
	for _, column := range t.Columns {
		columns = append(columns, quote(column.Name)+" "+column.Type)
	}
	for _, column := range t.values() {
		sets = append(sets, quote(column.Name)+" = s."+quote(column.Name))
	}
	return []string{
		strings.ReplaceAll(joins, "local ", ""), "create temporary table stage (" + strings.Join(columns, ", ") + ")",
		"\\copy stage from '" + csv + "' (format csv)\n;analyze stage", "begin",
		"delete from curated.ledger as t where " + w.within() + " and " + w.missing(),
		"update curated.ledger as t set " + strings.Join(sets, ", ") + " from stage as s where " + w.within() + " and " + w.same() + " and " + w.differs(),
		"insert into curated.ledger select " + quoteAll(t.names()) + " from stage as s where " + w.added(),
		"commit",
	}
}
