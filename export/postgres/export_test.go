package postgres

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"bedrot/zones"
)

// sales is a table of money by month whose artist may be nobody.
func sales() given {
	return newGiven("curated.sales", "month artist store", "month", "month VARCHAR", "artist VARCHAR", "store VARCHAR", "source VARCHAR", "units BIGINT", "gross_usd DECIMAL(38,12)").with(map[string]string{
		"2025-01": "values ('2025-01', 'ZONE A0', 'Spotify', 'distrokid', 10, 0.031), ('2025-01', null, 'Spotify', 'distrokid', 3, 1.000000000001), ('2025-01', 'PIG1987', 'Deezer', 'toolost', 1, null)",
		"2025-02": "values ('2025-02', 'ZONE A0', 'Spotify', 'distrokid', 11, -2.5)",
	})
}

// artists is a table compared whole, with every type there is.
func artists() given {
	return newGiven("curated.artists", "artist", "", "artist VARCHAR", "label VARCHAR", "since DATE", "seen_at TIMESTAMP", "share DECIMAL(9,6)", "score DOUBLE", "is_known BOOLEAN", "_extra JSON").with(map[string]string{
		"all": `values ('ZONE A0', '', date '2020-02-29', timestamp '2024-01-01 12:00:00.123456', 0.1, 1.5, true, '{"a": [1, "x"]}'), ('PIG1987', null, null, null, null, null, null, null)`,
	})
}

func TestFirstReleaseThenNothing(t *testing.T) {
	t.Parallel()
	url, l := server.Database(t), newTestLake(t)
	report := l.release(url, sales(), artists())
	if report.Release == "" || report.Rows != 6 || len(report.Changes) != 2 || report.Attempts != 1 || report.Changes[0].Inserted != 4 {
		t.Errorf("%+v", report)
	}
	want := [][]string{
		{"2025-01", "PIG1987", "Deezer", "toolost", "1", "NULL"},
		{"2025-01", "ZONE A0", "Spotify", "distrokid", "10", "0.031000000000"},
		{"2025-01", "NULL", "Spotify", "distrokid", "3", "1.000000000001"},
		{"2025-02", "ZONE A0", "Spotify", "distrokid", "11", "-2.500000000000"},
	}
	if got := ask(t, url, "select * from curated.sales order by month, artist"); !reflect.DeepEqual(got, want) {
		t.Errorf("%v", got)
	}
	want = [][]string{
		{"PIG1987", "NULL", "NULL", "NULL", "NULL", "NULL", "NULL", "NULL"},
		{"ZONE A0", "", "2020-02-29", "2024-01-01 12:00:00.123456", "0.100000", "1.5", "t", `{"a": [1, "x"]}`},
	}
	if got := ask(t, url, "select artist, label, since, seen_at at time zone 'UTC', share, score, is_known, extra from curated.artists order by artist"); !reflect.DeepEqual(got, want) {
		t.Errorf("%v", got)
	}
	// Comments, keys and what they refer to.
	if got := one(t, url, "select obj_description('curated.sales'::regclass) || ' ' || col_description('curated.sales'::regclass, 6)"); got != "One row per month artist store. What gross_usd is." {
		t.Error(got)
	}
	if got := ask(t, url, "select artist from dimensions.artists order by 1"); len(got) != 2 {
		t.Error(got)
	}
	if got := one(t, url, "select count(*) from pg_constraint where contype = 'f' and conrelid::regclass::text like 'curated.%'"); got != "2" {
		t.Errorf("%s foreign keys", got)
	}
	release := ask(t, url, "select lake_version, environment, row_counts, money, changes->'curated.sales'->>'inserted' from bedrot.current_release inner join bedrot.releases using (release_id, lake_version, environment)")
	if len(release) != 1 || release[0][2] != `{"curated.sales": 4, "curated.artists": 2}` || release[0][3] != `{"curated.sales": {"gross_usd": "-1.468999999999"}}` || release[0][4] != "4" {
		t.Errorf("%v", release)
	}
	// The same again, and the same in a newer version: no row is touched, nothing is streamed.
	before := versions(t, url)
	for range 2 {
		if report := l.release(url, sales(), artists()); report.Release != "" || report.Rows != 0 || len(report.Changes) != 0 {
			t.Errorf("%+v", report)
		}
	}
	// Compared row by row nothing is touched either.
	e := l.exporter(url, sales(), artists())
	e.Options.Full = true
	if report := l.must(e, l.publish(sales(), artists())); report.Rows != 6 || report.Changes[0].Inserted+report.Changes[0].Updated+report.Changes[0].Deleted+report.Changes[1].Updated != 0 {
		t.Errorf("%+v", report)
	}
	if after := versions(t, url); !reflect.DeepEqual(before, after) {
		t.Errorf("rows were touched: %v, %v", before, after)
	}
}

// versions are the transactions that last wrote each row.
func versions(t *testing.T, url string) [][]string {
	t.Helper()
	return ask(t, url, "select 'sales', ctid::text, xmin::text from curated.sales union all select 'artists', ctid::text, xmin::text from curated.artists order by 1, 2")
}

func TestOnlyWhatChangedIsTouched(t *testing.T) {
	t.Parallel()
	url, l := server.Database(t), newTestLake(t)
	l.release(url, sales(), artists())
	before := ask(t, url, "select xmin::text from curated.sales where month = '2025-01' and artist = 'PIG1987'")
	// One line corrected, one vanished, one new, in one month; the other month is not even read.
	restated := sales().with(map[string]string{
		"2025-01": "values ('2025-01', null, 'Spotify', 'distrokid', 3, 2.5), ('2025-01', 'PIG1987', 'Deezer', 'toolost', 1, null), ('2025-01', null, 'Tidal', 'distrokid', 7, 0.5)",
	})
	report := l.release(url, restated, artists())
	want := []Change{{Table: "curated.sales", Inserted: 1, Updated: 1, Deleted: 1, Parts: 1}}
	if !reflect.DeepEqual(report.Changes, want) || report.Rows != 3 {
		t.Errorf("%+v", report)
	}
	if after := ask(t, url, "select xmin::text from curated.sales where month = '2025-01' and artist = 'PIG1987'"); !reflect.DeepEqual(before, after) {
		t.Error("a row that is the same was touched")
	}
	if got := one(t, url, "select money->'curated.sales'->>'gross_usd' from bedrot.releases order by number desc limit 1"); got != "0.500000000000" {
		t.Errorf("all money is %s", got) // 2.5 + 0.5 - 2.5
	}
	// A month that is gone goes, too.
	report = l.release(url, sales().with(map[string]string{"2025-01": ""}), artists())
	if len(report.Changes) != 1 || report.Changes[0].Deleted != 3 || one(t, url, "select string_agg(month, ',') from curated.sales") != "2025-02" {
		t.Errorf("%+v", report)
	}
	if got := one(t, url, "select count(*) from bedrot.parts where table_name = 'curated.sales'"); got != "1" {
		t.Errorf("%s partitions are remembered", got)
	}
}

func TestNamesOfAllKinds(t *testing.T) {
	t.Parallel()
	url, l := server.Database(t), newTestLake(t)
	names := []string{
		`O'Brien "The Quote"`, `'; drop table curated.artists; --`, `\.`, `\N`, `NULL`, ``, ` `, "two\nlines", "cr\rlf\r\n", `back\slash`, `comma,semi;tab` + "\t",
		"🎧 Ünïcödé ﬁ 日本語", "$1 %s {x}", `"`, `""`, "e\u0301", "\u202eright to left",
	}
	var rows []string
	for _, name := range names {
		rows = append(rows, "("+literalDuck(name)+")")
	}
	lone := newGiven("curated.lone", "name", "", "name VARCHAR").with(map[string]string{"all": "values " + strings.Join(rows, ", ") + ", (null), ('nul' || chr(0) || chr(0) || '!')"})
	parted := newGiven("curated.by name", "a'b\"c", "a'b\"c", `a'b"c VARCHAR`, "n BIGINT")
	for _, name := range []string{`it's`, `"quoted"`, `back\slash`, `;--`} {
		parted.parts[name] = "values (" + literalDuck(name) + ", 1)"
	}
	report := l.release(url, lone, parted)
	if len(report.Warnings) != 1 || report.Warnings[0].Code != "warehouse_text" || !strings.Contains(report.Warnings[0].What, "2 NUL") {
		t.Errorf("%+v", report.Warnings)
	}
	for _, name := range names {
		if got := one(t, url, "select count(*) from curated.lone where name = $1", name); got != "1" {
			t.Errorf("%q is there %s times", name, got)
		}
	}
	if got := one(t, url, "select count(*) from curated.lone where name is null or name = 'nul␀␀!'"); got != "2" {
		t.Errorf("%s", got)
	}
	report = l.release(url, lone, parted.with(map[string]string{`back\slash`: `values ('back\slash', 2)`, `it's`: ""}))
	if len(report.Changes) != 1 || report.Changes[0].Updated != 1 || report.Changes[0].Deleted != 1 || report.Rows != 1 {
		t.Errorf("%+v", report)
	}
}

func literalDuck(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

func code(err error) string {
	var told *zones.Error
	if errors.As(err, &told) {
		return told.Code
	}
	return ""
}
