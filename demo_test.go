package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bedrot/sql/duck"
	"bedrot/sql/query"
)

// TestDemo makes the demo's lake and asks it everything a new user would.
func TestDemo(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "demo")
	l := &lake{t: t, root: dir, now: time.Now(), ctx: t.Context(), marts: true}
	made := l.ok("demo", dir)
	first := l.state()
	t.Run("another day, one thread, the same bytes", func(t *testing.T) {
		if os.Getenv("BEDROT_CRASH") != "full" {
			t.Skip("every case and TestFilesOfAllKindsInAnyOrder ask this of less")
		}
		again := &lake{t: t, root: filepath.Join(t.TempDir(), "demo"), now: clock, ctx: t.Context(), marts: true}
		again.ok("demo", again.root, "--threads", "1")
		if names := differences(first, again.state()); len(names) > 0 {
			t.Errorf("different: %v", names)
		}
	})
	for _, want := range []string{"night 4 of 4", "try next:", "published", "1 rejected", "unchanged"} {
		if !strings.Contains(made.err, want) {
			t.Errorf("the demo does not say %q", want)
		}
	}
	// What a foreign DuckDB reads from the folder is what bedrot answers.
	months := l.query("select sale_month, sum(gross_usd)::varchar from curated.royalties group by all order by all")
	if len(months) < 15 {
		t.Fatalf("only %d months", len(months))
	}
	db, err := duck.Open(t.Context(), duck.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	at := 0
	err = db.Scan(t.Context(), "select sale_month, sum(gross_usd)::varchar from '"+dir+"/curated/royalties/*.parquet' group by all order by all", func(scan func(...any) error) error {
		var month, usd string
		err := scan(&month, &usd)
		if at >= len(months) || month != months[at][0] || usd != months[at][1] {
			t.Errorf("a foreign DuckDB reads %s %s where bedrot says %v", month, usd, months[min(at, len(months)-1)])
		}
		at++
		return err
	})
	if err != nil || at != len(months) {
		t.Errorf("%d months of %d: %v", at, len(months), err)
	}
	// What is late is asked of a day; the table itself knows none.
	for day, want := range map[string]string{"last_date": "fresh", "late_from": "late", "stale_from - 1": "late", "stale_from": "stale"} {
		l.equal("select string_agg(distinct freshness("+day+", late_from, stale_from)) from curated.data_freshness where late_from is not null", want)
	}
	l.equal("select string_agg(distinct freshness(current_date, late_from, stale_from)) from curated.data_freshness where late_from is null", "cannot tell")
	// No cent is lost between the files and finance.
	l.equal(`select (select sum("earnings_usd"::decimal(38, 12)) from raw.distrokid__bank) = (select sum(gross_usd) from curated.royalties where source = 'distrokid')`, "true")
	l.equal("select count(*) from meta.drops where records <> accepted + rejects or accepted <> winning + superseded + unchanged + held", "0")

	t.Run("listings", func(t *testing.T) {
		for _, c := range []struct {
			args []string
			says []string
		}{
			{[]string{"status"}, []string{"distrokid", "spotify", "audience"}},
			{[]string{"tables"}, []string{"curated.royalties", "staging.distrokid__sales", "One row per"}},
			{[]string{"tables", "curated.royalties"}, []string{"gross_usd", "DECIMAL", "owner_share"}},
			{[]string{"rejects"}, []string{"#REF!", "audience-timeline.csv"}},
			{[]string{"drops"}, []string{"accepted", "distrokid/bank:main"}},
			{[]string{"check"}, []string{"files"}},
			{[]string{"version"}, []string{"DuckDB v1.5", "lake format 1"}},
			{[]string{"lineage", "curated.royalties", "--where", "sale_month = '2024-01' and store = 'Deezer'"}, []string{"raw.distrokid__bank", ".tsv", "line 162:", "Deezer"}},
			{[]string{"lineage", "curated.royalties", "--where", "sale_month = '2024-05'", "--limit", "5000"}, []string{"Deezer", "Spotify"}},
		} {
			s := l.ok(c.args...)
			for _, want := range c.says {
				if !strings.Contains(s.out, want) {
					t.Errorf("bedrot %s does not say %q:\n%.600s", strings.Join(c.args, " "), want, s.out)
				}
			}
		}
	})
	t.Run("json", func(t *testing.T) {
		for _, args := range [][]string{{"status"}, {"tables"}, {"tables", "curated.royalties"}, {"rejects"}, {"drops"}, {"check", "--subset", "1/9"}, {"run"}} {
			s := l.ok(append([]string{"--json"}, args...)...)
			var value any
			if err := json.Unmarshal([]byte(s.out), &value); err != nil || len(s.out) < 3 {
				t.Errorf("bedrot --json %s: %v\n%.300s", strings.Join(args, " "), err, s.out)
			}
		}
		var table struct {
			Columns []struct{ Name, Type, Description string }
			Key     []string
		}
		if err := json.Unmarshal([]byte(l.ok("--json", "tables", "curated.royalties").out), &table); err != nil || len(table.Columns) < 17 || table.Columns[0].Description == "" || len(table.Key) == 0 {
			t.Errorf("%v %+v", err, table)
		}
	})
	t.Run("planted effects", func(t *testing.T) { plantedEffects(t, l) })
	t.Run("warehouse", func(t *testing.T) { warehouseHoldsAll(t, l) })
	t.Run("plain SQL", func(t *testing.T) { plainSQL(t, l) })
	t.Run("sums of marts agree", func(t *testing.T) { sumsAgree(t, l) })
	t.Run("formats", func(t *testing.T) {
		const sql = "select 'a,b' as text, 1.50::decimal(9, 2) as amount, null::date as day, [1, 2] as list, true as yes, 12345678901234567890 as big"
		for format, want := range map[string]string{
			"csv":      "text,amount,day,list,yes,big\n\"a,b\",1.50,,\"[1,2]\",true,12345678901234567890\n",
			"tsv":      "text\tamount\tday\tlist\tyes\tbig\na,b\t1.50\t\t[1,2]\ttrue\t12345678901234567890\n",
			"ndjson":   `{"text":"a,b","amount":1.50,"day":null,`,
			"json":     `"amount":1.50`,
			"markdown": "| a,b |",
			"table":    "a,b",
		} {
			if out := l.ok("query", "-o", format, sql).out; !strings.Contains(strings.ReplaceAll(out, `": `, `":`), want) {
				t.Errorf("%s: %q, want %q", format, out, want)
			}
		}
		path := filepath.Join(t.TempDir(), "x.parquet")
		l.ok("query", "-o", "parquet", "--out", path, "from curated.tracks")
		var count int64
		if err := db.One(t.Context(), "select count(*) from '"+path+"'", &count); err != nil || count == 0 {
			t.Errorf("%d rows: %v", count, err)
		}
		path = filepath.Join(t.TempDir(), "x.csv")
		l.ok("query", "--out", path, "select 1 as n; select 2 as n")
		if text, err := os.ReadFile(path); err != nil || !strings.Contains(string(text), "2") {
			t.Errorf("%q %v", text, err)
		}
		file := l.file("question.sql", "-- a question\nselect 42 as answer;\n")
		if out := l.ok("query", "-f", file).out; !strings.Contains(out, "42") {
			t.Errorf("-f: %q", out)
		}
	})
	t.Run("errors", func(t *testing.T) {
		l.want(1, []string{"line 2", "nosuch", "next:"}, "query", "select 1,\nnosuch from curated.tracks")
		l.want(1, []string{"there is no table", "bedrot tables"}, "tables", "curated.nosuch")
		l.want(1, []string{"next:"}, "lineage", "curated.nosuch")
		l.want(1, []string{"next:"}, "lineage", "curated.tracks", "--where", "nosuch = 1")
		l.want(1, []string{"next:"}, "drops", "accept", "20200101T000000Z-000000000000")
		l.want(2, []string{"is not empty"}, "demo", dir)
	})
	t.Run("damage", func(t *testing.T) {
		files, err := filepath.Glob(filepath.Join(dir, "current/curated/tracks/*.parquet"))
		if err != nil || len(files) == 0 {
			t.Fatal(files, err)
		}
		if err := os.Chmod(files[0], 0o644); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(files[0])
		if err != nil {
			t.Fatal(err)
		}
		data[len(data)/2] ^= 1
		if err := os.WriteFile(files[0], data, 0o644); err != nil {
			t.Fatal(err)
		}
		if s := l.want(1, nil, "check"); !strings.Contains(s.out, "curated/tracks") {
			t.Errorf("the damage is not named: %s", s.out)
		}
	})
}

// TestHeldUntilDecided: a statement that takes rows away waits for a person, who may let it win or
// take it out.
func TestHeldUntilDecided(t *testing.T) {
	t.Parallel()
	for verdict, sum := range map[string]string{"accept": "0.050000000000", "withdraw": "1.000000000000"} {
		l := newLake(t)
		l.ok("import", l.file("bank_20250301_000000.tsv", bankFile("\n", manySales(100)...)))
		l.ok("run")
		l.ok("import", l.file("bank_20250302_000000.tsv", bankFile("\n", manySales(5)...)))
		l.want(4, []string{"held", "would take away 95 of 100", "bedrot drops accept 20250302T000000Z"}, "run")
		l.equal("select sum(gross_usd) from curated.royalties", "1.000000000000")
		l.want(3, []string{"held"}, "run")
		if s := l.ok("status"); !strings.Contains(s.out, "20250302T000000Z") {
			t.Errorf("status does not tell what waits: %s", s.out)
		}
		var held struct {
			Held []struct{ ID string } `json:"held"`
		}
		if err := json.Unmarshal([]byte(l.ok("--json", "status").out), &held); err != nil || len(held.Held) != 1 {
			t.Fatalf("%v %+v", err, held)
		}
		l.ok("drops", verdict, held.Held[0].ID)
		l.ok("run")
		l.equal("select sum(gross_usd) from curated.royalties", sum)
		l.ok("run")
	}
}

func TestPipes(t *testing.T) {
	l := newLake(t)
	var out strings.Builder
	a := app{in: strings.NewReader("select 1 as n;\nselect 2 as n"), out: &out, err: &strings.Builder{}, now: time.Now}
	if code := a.run(t.Context(), []string{"bedrot", "--lake", l.root, "query"}); code != 0 || out.String() != "n\n1\nn\n2\n" && !strings.Contains(out.String(), "n\n1\n") {
		t.Errorf("exit %d: %q", code, out.String())
	}
	s := l.ok("--quiet", "run")
	if s.err != "" || s.out != "" {
		t.Errorf("--quiet says %q %q", s.out, s.err)
	}
	if s := l.ok("help"); !strings.Contains(s.out, "Exit codes") {
		t.Errorf("help does not tell the exit codes: %s", s.out)
	}
}

func TestBedrotTest(t *testing.T) {
	t.Parallel()
	l := newLake(t)
	junit := filepath.Join(t.TempDir(), "junit.xml")
	l.want(0, []string{"1 cases, 0 failed"}, "test", "testdata/distrokid/identical_lines_are_all_paid", "--junit", junit)
	if _, err := os.Stat(junit); err != nil {
		t.Error(err)
	}
	dir := filepath.Join(t.TempDir(), "c")
	if err := os.CopyFS(dir, os.DirFS("testdata/distrokid/identical_lines_are_all_paid")); err != nil {
		t.Fatal(err)
	}
	want, err := filepath.Glob(filepath.Join(dir, "want", "*.csv"))
	if err != nil || len(want) == 0 {
		t.Fatal(err)
	}
	text, err := os.ReadFile(want[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(want[0], append(text, text[strings.Index(string(text), "\n")+1:]...), 0o600); err != nil {
		t.Fatal(err)
	}
	l.want(1, []string{"1 failed", "  - "}, "test", dir)
	l.want(0, nil, "test", "--update", dir)
	l.want(0, []string{"0 failed"}, "test", dir)
	l.want(1, []string{"holds no case"}, "test", t.TempDir())
}

// plainSQL runs what `tables TABLE --sql` prints in a DuckDB that knows nothing of bedrot: the same rows
// as the published table, in the same order where it has one, and no check finds anything. The short form
// takes every ninth table; just crash takes all.
func plainSQL(t *testing.T, l *lake) {
	// Which of several drops with the very same rows a line is traced to is no part of what a row says.
	const told = "select count(*) || ' rows, ' || coalesce(sum(hash(told::varchar)), 0) from (select columns(c -> c not in ('_drop', '_file', '_row')) from "
	var names, answers []string
	for i, table := range l.query("select table_name from meta.tables where run = (select max(run) from meta.tables) order by all") {
		if name := table[0]; i%9 == 0 || os.Getenv("BEDROT_CRASH") == "full" {
			names, answers = append(names, name), append(answers, "select '"+name+"', ("+told+name+") as told)")
		}
	}
	want := map[string]string{}
	for _, row := range l.query(strings.Join(answers, " union all ")) {
		want[row[0]] = row[1]
	}
	for _, name := range names {
		db, err := duck.Open(t.Context(), duck.Options{Threads: 1, Memory: "512MB"})
		if err != nil {
			t.Fatal(err)
		}
		statements := query.Split(l.ok("tables", name, "--sql").out)
		last := len(statements) - 1
		for _, statement := range statements[:last] {
			if err := db.Exec(t.Context(), statement); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		var rows string
		if err := db.One(t.Context(), told+"("+strings.TrimRight(statements[last], "; \n")+")) as told", &rows); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if rows != want[name] || rows == "" {
			t.Errorf("%s: plain SQL gives %s, the table is %s", name, rows, want[name])
		}
		if !strings.HasPrefix(name, "raw.") {
			var found int64
			if err := db.One(t.Context(), `select coalesce(sum(found), 0)::bigint from "checks of `+name+`"`, &found); err != nil || found != 0 {
				t.Errorf("%s: its checks find %d: %v", name, found, err)
			}
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
}
