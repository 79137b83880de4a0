package script_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	bedrotsql "bedrot/sql"
	"bedrot/sql/duck"
	"bedrot/sql/script"
)

// files makes a script folder of path → text.
func files(texts map[string]string) script.Folder {
	system := fstest.MapFS{}
	for name, text := range texts {
		system[name] = &fstest.MapFile{Data: []byte(text), Mode: fs.ModePerm}
	}
	return script.Folder{FS: system}
}

const rawFacts = `-- One row per fact, as text.
-- format: csv
-- columns: month, name, value
-- partition: account, month
select month, name, value from landing
`

// base is a source with two partitioned tables and one that is not.
func base(more map[string]string) script.Folder {
	texts := map[string]string{
		"s/10_raw_facts.sql":     rawFacts,
		"s/10_raw_more.sql":      rawFacts,
		"s/20_staging_a.sql":     "-- One row per fact.\n-- partition: month\n-- key: none\nselect month, name, value::bigint as value from raw.s__facts\n",
		"s/20_staging_b.sql":     "-- One row per fact.\n-- partition: month\n-- key: none\nselect month, name, value::bigint as value from raw.s__more\n",
		"s/20_staging_names.sql": "-- One row per name.\n-- key: none\nselect name, max(value) as value from raw.s__more group by name\n",
	}
	for name, text := range more {
		texts[name] = text
	}
	return files(texts)
}

// shapes are scripts partitioned by month, and whether their months may be built alone.
var shapes = []struct {
	name, sql string
	narrow    bool
}{
	{"a projection", "select month, name, value + 1 as value from staging.s__a", true},
	{"a filter", "select month, name, value from staging.s__a where value > 3", true},
	{"an aggregate by month", "select month, name, sum(value)::bigint as value from staging.s__a group by month, name", true},
	{"a join on month", "select a.month, a.name, b.value from staging.s__a as a inner join staging.s__b as b on a.month = b.month and a.name = b.name", true},
	{"a left join on month", "select a.month, a.name, b.value from staging.s__a as a left join staging.s__b as b on a.month = b.month and a.name = b.name", true},
	{"a join with a table that has no months", "select a.month, a.name, n.value from staging.s__a as a inner join staging.s__names as n on a.name = n.name", true},
	{"a union of both", "select month, name, value from staging.s__a union all select month, name, value from staging.s__b", true},
	{"a window inside the month", "select month, name, sum(value) over (partition by month order by name, value)::bigint as value from staging.s__a", true},
	{"a rank inside the month", "select month, name, value from staging.s__a qualify row_number() over (partition by month, name order by value) = 1", true},
	{"a lag over months", "select month, name, lag(value) over (partition by name order by month, value) as value from staging.s__a", false},
	{"a running total", "select month, name, sum(value) over (partition by name order by month, value)::bigint as value from staging.s__a", false},
	{"a share of the whole", "select month, name, (value * 100 // (select sum(value) from staging.s__a))::bigint as value from staging.s__a", false},
	{"a month that moves", "select strftime(strptime(month || '-01', '%Y-%m-%d') + interval 1 month, '%Y-%m') as month, name, value from staging.s__a", false},
	{"the newest month of each name", "select max(month) as month, name, max(value) as value from staging.s__a group by name", false},
	{"a join on the name alone", "select a.month, a.name, b.value from staging.s__a as a inner join staging.s__b as b on a.name = b.name", false},
	{"a join with the month before", "select a.month, a.name, b.value from staging.s__a as a inner join staging.s__b as b on b.month < a.month", false},
	{"an exists over other months", "select month, name, value from staging.s__a as a where exists (select 1 from staging.s__b as b where b.name = a.name)", false},
	{"a not in", "select month, name, value from staging.s__a where name not in (select name from staging.s__b)", false},
	{"a limit over all", "select month, name, value from staging.s__a order by value, name limit 2", false},
	{"a distinct on the name", "select distinct on (name) month, name, value from staging.s__a order by name, month, value", false},
	{"an anti join", "select a.month, a.name, a.value from staging.s__a as a anti join staging.s__b as b on a.name = b.name", false},
	{"an except", "select month, name, value from staging.s__a except select '2025-01' as month, name, value from staging.s__b", false},
	{"a month of its own", "select '2025-01' as month, name, value from staging.s__a", false},
}

// TestNarrowing proves what is proved: a script that may be built by month gives, for each month, from
// that month's rows alone just the rows it gives for it from all.
func TestNarrowing(t *testing.T) {
	texts := map[string]string{}
	for i, shape := range shapes {
		texts[fmt.Sprintf("curated/30_curated_t%d.sql", i)] = "-- One row.\n-- partition: month\n-- key: none\n-- column month: Month.\n-- column name: Name.\n-- column value: Value.\n" + shape.sql + "\n"
	}
	catalog, err := script.Load(t.Context(), base(texts))
	if err != nil {
		t.Fatal(err)
	}
	db, err := duck.Open(t.Context(), duck.Options{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	exec := func(statement string) {
		t.Helper()
		if err := db.Exec(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	exec("create schema staging")
	for name, seed := range map[string]int{"a": 7, "b": 11} {
		exec(fmt.Sprintf("create table all_%s as select '2025-0' || (1 + i %% 4) as month, 'n' || (i * %d %% 5) as name, (i * %d %% 13)::bigint as value from range(60) as r(i)", name, seed, seed))
	}
	exec("create table staging.s__names as select name, max(value) as value from all_b group by name")
	show := func(where string) {
		for _, name := range []string{"a", "b"} {
			exec("create or replace view staging.s__" + name + " as select * from all_" + name + " where " + where)
		}
	}
	rows := func(query string) string {
		var text string
		if err := db.One(t.Context(), "select coalesce(string_agg(r::varchar, ' ' order by r::varchar), '') from ("+query+") as r", &text); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		return text
	}
	proved := 0
	for i, shape := range shapes {
		s := catalog.Script(fmt.Sprintf("curated.t%d", i))
		if s.Narrow != shape.narrow {
			t.Errorf("%s: narrow is %t, want %t (%s)", shape.name, s.Narrow, shape.narrow, s.WhyNot)
		}
		if !s.Narrow {
			if s.WhyNot == "" {
				t.Errorf("%s: nothing says why it is built whole", shape.name)
			}
			continue
		}
		proved++
		for month := 1; month <= 4; month++ {
			is := fmt.Sprintf("month = '2025-0%d'", month)
			show("true")
			whole := rows("select * from (" + s.SQL + ") where " + is)
			show(is)
			if alone := rows(s.SQL); alone != whole {
				t.Errorf("%s: %s alone gives %s, of all it is %s", shape.name, is, alone, whole)
			}
		}
	}
	if proved < 8 {
		t.Errorf("only %d shapes are narrowed", proved)
	}
}

// TestNarrowingByWhatInputsHave: partition columns that the inputs do not have cut files smaller; what a
// table is narrowed by are the others, and without one of those it is built whole.
func TestNarrowingByWhatInputsHave(t *testing.T) {
	header := "-- One row.\n-- partition: %s\n-- key: none\n-- column year: Year.\n-- column month: Month.\n-- column name: Name.\nselect %s as year, month, name from %s\n"
	catalog, err := script.Load(t.Context(), base(map[string]string{
		"curated/30_curated_cut.sql":    fmt.Sprintf(header, "year, month", "left(month, 4)", "staging.s__a"),
		"curated/30_curated_yearly.sql": fmt.Sprintf(header, "year", "year", "curated.cut"),
		"curated/30_curated_names.sql":  fmt.Sprintf(header, "name, year", "year", "curated.yearly"),
		"curated/30_curated_whole.sql":  fmt.Sprintf(header, "year", "left(month, 4)", "staging.s__a"),
	}))
	if err != nil {
		t.Fatal(err)
	}
	for table, by := range map[string]string{"cut": "month", "yearly": "year", "names": "year", "whole": ""} {
		s := catalog.Script("curated." + table)
		if got := strings.Join(s.NarrowBy, ", "); got != by || s.Narrow != (by != "") {
			t.Errorf("%s is narrowed by %q, want %q (%s)", table, got, by, s.WhyNot)
		}
	}
}

func TestNarrowingIsRequired(t *testing.T) {
	_, err := script.Load(t.Context(), base(map[string]string{
		"curated/30_curated_x.sql": "-- One row.\n-- partition: month\n-- key: none\n-- incremental: required\n-- column month: Month.\n-- column n: N.\nselect month, sum(value) over (order by month)::bigint as n from staging.s__a\n",
	}))
	if err == nil || !strings.Contains(err.Error(), "incremental: required") {
		t.Errorf("an unproved script passes: %v", err)
	}
}

// TestFaults gives each rule something that breaks it; all are told at once, with file and line.
func TestFaults(t *testing.T) {
	for name, text := range map[string]string{
		"30_curated_a.sql:1: the first line":            "--\n-- key: none\n-- column a: A.\n\nselect 1::bigint as a",
		"30_curated_b.sql:2: unknown key":               "-- One row.\n-- colour: red\n-- key: none\n\nselect 1::bigint as a",
		"30_curated_c.sql:3: key \"key\" is already":    "-- One row.\n-- key: none\n-- key: a\n-- column a: A.\n\nselect 1::bigint as a",
		"30_curated_d.sql:1: key: is missing":           "-- One row.\n-- column a: A.\n\nselect 1::bigint as a",
		"30_curated_e.sql: column a has no description": "-- One row.\n-- key: none\n\nselect 1::bigint as a",
		"30_curated_f.sql: key: there is no column":     "-- One row.\n-- key: b\n-- column a: A.\n\nselect 1::bigint as a",
		"30_curated_g.sql: reads staging.nowhere":       "-- One row.\n-- key: none\n-- column a: A.\n\nselect 1::bigint as a from staging.nowhere",
		"30_curated_h.sql:5":                            "-- One row.\n-- key: none\n-- column a: A.\n\nselect 1 as as a",
		"30_curated_i.sql: now":                         "-- One row.\n-- key: none\n-- column a: A.\n\nselect now() as a",
		"30_curated_j.sql: random":                      "-- One row.\n-- key: none\n-- column a: A.\n\nselect random() as a",
		"30_curated_k.sql: 2 statements":                "-- One row.\n-- key: none\n-- column a: A.\n\nselect 1::bigint as a; select 2::bigint as a",
		"30_curated_l.sql: read_csv":                    "-- One row.\n-- key: none\n-- column a: A.\n\nselect a from read_csv('/etc/passwd')",
		"30_curated_m.sql: curated.m":                   "-- One row.\n-- key: none\n-- column a: A.\n\nselect a from curated.m",
		"30_curated_n.sql: any_value":                   "-- One row.\n-- key: none\n-- column a: A.\n\nselect any_value(name) as a from staging.s__a",
		"30_curated_o.sql:2: not a `name: value` line":  "-- One row.\n-- this says nothing\n-- key: none\n\nselect 1::bigint as a",
		"30_curated_p.sql: check":                       "-- One row.\n-- key: none\n-- check: nosuch > 1\n-- column a: A.\n\nselect 1::bigint as a",
		"20_curated_q.sql: band":                        "-- One row.\n-- key: none\n-- column a: A.\n\nselect 1::bigint as a",
		"20_staging_r.sql: export: only curated":        "-- One row.\n-- key: a\n-- export: yes\n\nselect 1::bigint as a",
		"30_curated_s.sql:3: export: \"no\"":            "-- One row.\n-- key: a\n-- export: no\n-- column a: A.\n\nselect 1::bigint as a",
		"30_curated_t.sql: export: rows without a key":  "-- One row.\n-- key: none\n-- export: yes\n-- column a: A.\n\nselect 1::bigint as a",
		"notes.sql: not a script":                       "select 1",
	} {
		t.Run(name, func(t *testing.T) {
			file, rest, _ := strings.Cut(name, ".sql")
			_, err := script.Load(t.Context(), base(map[string]string{"curated/" + file + ".sql": text}))
			var problems script.Problems
			if !errors.As(err, &problems) {
				t.Fatalf("no problem is told: %v", err)
			}
			if len(problems) != 1 && !strings.Contains(name, "first line") {
				t.Errorf("%d problems: %v", len(problems), problems)
			}
			line, says, _ := strings.Cut(strings.TrimPrefix(rest, ":"), ":")
			if strings.HasPrefix(rest, ": ") {
				line, says = "", strings.TrimPrefix(rest, ": ")
			}
			told := problems.Error()
			if !strings.Contains(told, "sql/curated/"+file+".sql") || line != "" && !strings.Contains(told, ".sql:"+line) || !strings.Contains(told, strings.TrimSpace(says)) {
				t.Errorf("it says %q", told)
			}
		})
	}
	_, err := script.Load(t.Context(), base(map[string]string{
		"curated/30_curated_a.sql": "select 1::bigint as a",
		"curated/30_curated_b.sql": "-- One row.\n-- colour: red\n-- key: none\n-- column a: A.\n\nselect 1::bigint as a",
	}))
	var problems script.Problems
	if !errors.As(err, &problems) || len(problems) < 2 || problems.Hint() == "" {
		t.Errorf("not all problems are told at once: %v", err)
	}
}

func TestRawFaults(t *testing.T) {
	for says, text := range map[string]string{
		"format: is missing":      "-- One row.\n-- columns: a\n-- partition: account, a\nselect a from landing",
		"columns: is missing":     "-- One row.\n-- format: csv\n-- partition: account\nselect 1::bigint as a from landing",
		"partition: is missing":   "-- One row.\n-- format: csv\n-- columns: a\nselect a from landing",
		"for tables one below":    "-- One row.\n-- format: csv\n-- columns: a\n-- records: rows[]\n-- partition: account\nselect a from landing",
		"records: is missing":     "-- One row.\n-- format: json\n-- partition: account\nselect record as a from landing",
		"landing":                 "-- One row.\n-- format: csv\n-- columns: a\n-- partition: account\nselect name as a from staging.s__a",
		"one row out":             "-- One row.\n-- format: csv\n-- columns: a\n-- partition: account\nselect a from landing where a is not null",
		"per row in":              "-- One row.\n-- format: csv\n-- columns: a\n-- partition: account\nselect distinct a from landing",
		"in order":                "-- One row.\n-- format: csv\n-- columns: a\n-- partition: account\nselect a from landing group by a",
		"b is no declared column": "-- One row.\n-- format: csv\n-- columns: [a]\n-- some: a, b\n-- partition: account\nselect a from landing",
		"pages: a is not in":      "-- One row.\n-- format: csv\n-- columns: a\n-- pages: a\n-- partition: account\nselect a from landing",
		"pages: none of":          "-- One row.\n-- format: csv\n-- columns: a\n-- pages: a\n-- partition: account, a\nselect a from landing",
		"has no plain name":       "-- One row.\n-- format: csv\n-- columns: \"/a (?P<b>.)/\"\n-- partition: account\nselect b from landing",
		"only the headers of":     "-- One row.\n-- format: json\n-- records: []\n-- columns: a | \"/a (?P<b>.)/\"\n-- partition: account\nselect b from landing",
		"error parsing regexp":    "-- One row.\n-- format: csv\n-- columns: a | \"/(/\"\n-- partition: account\nselect a from landing",
		"from a step before":      "-- One row.\n-- format: csv\n-- columns: a\n-- partition: account\nwith b as (select a from landing) select a from b",
		"`select *, … from":       "-- One row.\n-- format: csv\n-- columns: a\n-- partition: account\nwith b as (select *, 1 as c from landing where a = '') select a from b",
		"money: a script with":    "-- One row.\n-- format: csv\n-- columns: a\n-- money: a\n-- partition: account\nwith b as (select * from landing) select a from b",
		"last: \"b\" is not":      "-- One row.\n-- format: csv\n-- columns: a\n-- last: b\n-- partition: account\nselect a from landing",
		"empty: only tables":      "-- One row.\n-- format: json\n-- records: a\n-- empty: allowed\n-- partition: account\nselect record as a from landing",
		"untold: there is no":     "-- One row.\n-- format: csv\n-- columns: a\n-- untold: b\n-- partition: account\nselect a from landing",
		"untold: a is varchar":    "-- One row.\n-- format: csv\n-- columns: a\n-- untold: a\n-- partition: account\nselect a from landing",
	} {
		_, err := script.Load(t.Context(), base(map[string]string{"s/10_raw_x.sql": text}))
		if err == nil || !strings.Contains(strings.ToLower(err.Error()), says) {
			t.Errorf("%s: %v", says, err)
		}
	}
}

// TestRawSteps: a raw script may compute in steps, and is told the last record of its file; the labels a
// name must say are those that every form of it says.
func TestRawSteps(t *testing.T) {
	catalog, err := script.Load(t.Context(), base(map[string]string{"s/10_raw_x.sql": `-- One row.
-- format: csv
-- columns: day, name
-- file: x_(?P<who>\w+)_(?P<first>\d+)\.csv
-- file: x_(?P<who>\w+)\.csv
-- last: day
-- partition: account, until
with b as (select *, _last || first as until from landing),
c as (select *, until || who as all_of_it from b)
select name, until, all_of_it from c
`}))
	if err != nil {
		t.Fatal(err)
	}
	made := catalog.Raw("s", "x")
	if got := strings.Join(made.NeededLabels(), " "); got != "who" {
		t.Errorf("names must say %s", got)
	}
	if made.Spec().Last != "day" || !strings.Contains(made.Carrying, "_problem") {
		t.Errorf("%+v", made)
	}
}

func TestFeedsMustFit(t *testing.T) {
	feed := "-- One row per fact.\n-- column month: Month.\nselect null::varchar as month, null::bigint as value where false\n"
	for says, member := range map[string]string{
		"":      "-- One row.\n-- key: none\n-- feeds: facts\nselect month, value from staging.s__a\n",
		"value": "-- One row.\n-- key: none\n-- feeds: facts\nselect month, value::integer as value from staging.s__a\n",
		"month": "-- One row.\n-- key: none\n-- feeds: facts\nselect value from staging.s__a\n",
		"other": "-- One row.\n-- key: none\n-- feeds: other\nselect month, value from staging.s__a\n",
	} {
		catalog, err := script.Load(t.Context(), base(map[string]string{"feeds/facts.sql": feed, "s/20_staging_f.sql": member}))
		if says == "" {
			if err != nil || len(catalog.Script("feeds.facts").Members) != 1 {
				t.Errorf("a fitting member: %v", err)
			}
		} else if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", says, err)
		}
	}
}

// TestForeignScripts joins a second folder, whose faults disable its scripts and what reads them.
func TestForeignScripts(t *testing.T) {
	own := files(map[string]string{
		"mine/30_curated_good.sql":  "-- One row.\n-- key: none\n-- column n: N.\nselect count(*)::bigint as n from staging.s__a\n",
		"mine/30_curated_bad.sql":   "-- One row.\n-- key: none\n-- column n: N.\nselect nosuch as n from staging.s__a\n",
		"mine/30_curated_reads.sql": "-- One row.\n-- key: none\n-- column n: N.\nselect n from curated.bad\n",
		"mine/20_staging_twice.sql": "-- One row.\n-- key: none\nselect 1::bigint as n\n",
		"s/20_staging_a.sql":        "-- One row.\n-- key: none\nselect 1::bigint as n\n",
	})
	own.Origin = "sql"
	catalog, err := script.Load(t.Context(), base(nil), own)
	if err != nil {
		t.Fatal(err)
	}
	for table, disabled := range map[string]bool{"curated.good": false, "curated.bad": true, "curated.reads": true, "staging.mine__twice": false, "staging.s__a": false} {
		s := catalog.Script(table)
		if s == nil || (s.Disabled != nil) != disabled {
			t.Errorf("%s: disabled is not %t: %+v", table, disabled, s)
		}
	}
	told := catalog.Findings.Error()
	for _, want := range []string{"30_curated_bad.sql:4", "nosuch", "never replace"} {
		if !strings.Contains(told, want) {
			t.Errorf("the findings lack %q: %s", want, told)
		}
	}
}

func TestHashIgnoresComments(t *testing.T) {
	hash := func(text string) string {
		catalog, err := script.Load(t.Context(), base(map[string]string{"curated/30_curated_x.sql": text}))
		if err != nil {
			t.Fatal(err)
		}
		return catalog.Script("curated.x").Hash
	}
	first := hash("-- One row.\n-- key: none\n-- column n: N.\n--\n-- Why.\nselect 1::bigint as n\n")
	if hash("-- One row, said better.\n-- key: none\n-- column n: The number.\n--\n-- Because.\nselect 1::bigint as n\n") != first {
		t.Error("a comment changes the hash, so it would rebuild the table")
	}
	if hash("-- One row.\n-- key: none\n-- column n: N.\n--\n-- Why.\nselect 2::bigint as n\n") == first {
		t.Error("another statement has the same hash")
	}
	if hash("-- One row.\n-- key: n\n-- column n: N.\n--\n-- Why.\nselect 1::bigint as n\n") == first {
		t.Error("another key has the same hash")
	}
}

func TestEmbeddedCatalog(t *testing.T) {
	names, err := fs.Glob(bedrotsql.Scripts(), "curated/30_curated_*.sql")
	if err != nil {
		t.Fatal(err)
	}
	if os.Getenv("BEDROT_CRASH") != "full" { // each takes a plan for every column of all it stands on
		names = slices.DeleteFunc(names, func(name string) bool {
			return !strings.Contains(name, "_royalties") && !strings.Contains(name, "_streams_daily")
		})
	}
	for i, name := range names {
		names[i] = "curated." + strings.TrimSuffix(strings.TrimPrefix(name, "curated/30_curated_"), ".sql")
	}
	catalog, err := script.Loader{Linked: names}.Load(t.Context(), script.Folder{FS: bedrotsql.Scripts()})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range catalog.Scripts {
		if s.Kind == script.Feed {
			continue
		}
		if s.Kind == script.Curated {
			for _, column := range s.Columns {
				if s.Header.Docs[column.Name] == "" {
					t.Errorf("%s: %s is not described", s.Path, column.Name)
				}
			}
		}
		// The one that looks across all years is small, and cut so that what reads it by year stays.
		if s.Kind != script.Raw && len(s.Header.Partition) > 0 && !s.Narrow && s.Table != "curated.sale_months" {
			t.Errorf("%s is partitioned but built whole: %s", s.Path, s.WhyNot)
		}
		if len(s.Links) == 0 && slices.Contains(names, s.Table) && len(catalog.RealInputs(s)) > 0 {
			t.Errorf("%s: nothing links its rows to its inputs", s.Path)
		}
		for _, column := range s.Columns {
			if column.Type == "DOUBLE" && !strings.HasSuffix(column.Name, "_pct") || column.Type == "FLOAT" || column.Type == "HUGEINT" {
				t.Errorf("%s: %s is %s; money and counts are exact, and HUGEINT turns to DOUBLE in Parquet", s.Path, column.Name, column.Type)
			}
		}
	}
	if columns := catalog.Script("curated.royalties").Names(); len(columns) < 17 {
		t.Errorf("curated.royalties has only %v", columns)
	}
}

func TestMacroStatements(t *testing.T) {
	got := script.MacroStatements("-- a comment; with a semicolon\ncreate macro a(x) as x;\n\ncreate macro b(x) as\n    x + 1;\n")
	if len(got) != 2 || !strings.HasPrefix(got[1], "create macro b") {
		t.Errorf("%q", got)
	}
}

// TestPlansAreRemembered: a catalog out of the cache is the one that was planned; what is damaged there, or
// another program's, is planned anew; a changed script takes its readers along; a fault is told every time.
func TestPlansAreRemembered(t *testing.T) {
	path := filepath.Join(t.TempDir(), "plans.json")
	texts := map[string]string{}
	err := fs.WalkDir(bedrotsql.Scripts(), ".", func(name string, entry fs.DirEntry, err error) error {
		kept := regexp.MustCompile(`^((shared|feeds|catalog|distrokid)/.*|curated/30_curated_(artists|revenue_by_track|royalt.*|statements|stream_.*s|streams_(daily|reported)|tracks))\.sql$`) // enough of them
		if err == nil && kept.MatchString(name) {
			data, readErr := fs.ReadFile(bedrotsql.Scripts(), name)
			texts[name], err = string(data), readErr
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	loader := script.Loader{Cache: &script.Cache{Path: path, Program: "one"}}
	load := func(l script.Loader) string {
		t.Helper()
		c, err := l.Load(t.Context(), files(texts))
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		for _, s := range append(slices.Clone(c.Scripts), c.Checks...) {
			fmt.Fprintln(&b, s.Path, s.Table, s.Kind, s.Hash, s.SQL, s.Inputs, s.Columns, s.RunDate, s.Narrow, s.WhyNot, s.NarrowBy, s.Members, len(s.Links), s.Links, s.MoneySource, s.Carrying, s.Header.Partition, s.Header.Key)
		}
		return b.String()
	}
	differ := func(about, a, b string) {
		t.Helper()
		x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
		for i := range min(len(x), len(y)) {
			if x[i] != y[i] {
				t.Errorf("%s: %.300s\nis not\n%.300s", about, x[i], y[i])
				return
			}
		}
	}
	planned := load(loader)
	kept, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	differ("remembered", load(loader), planned)
	if again, err := os.ReadFile(path); err != nil || string(again) != string(kept) {
		t.Errorf("a load that found nothing new wrote: %v", err)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(kept), "DECIMAL", "INTEGER", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	differ("damaged", load(loader), planned)
	other := loader
	other.Cache = &script.Cache{Path: path, Program: "two"}
	differ("another program's", load(other), planned)

	// One more column in a contract and its one feeder changes what reads the feed: nothing old may show.
	const sales = "distrokid/20_staging_sales.sql"
	old := texts[sales]
	texts[sales] = strings.Replace(old, "partition: reporting_month", "partition: sale_month", 1)
	if texts[sales] == old {
		t.Fatal("the script to be changed looks different")
	}
	if _, err := loader.Load(t.Context(), files(texts)); err == nil || !strings.Contains(err.Error(), "incremental: required") {
		t.Errorf("a reader of the changed script was not planned anew: %v", err)
	}
	if _, err := loader.Load(t.Context(), files(texts)); err == nil {
		t.Error("a fault is told once only")
	}
	texts[sales] = old
	differ("changed back", load(loader), planned)
}
