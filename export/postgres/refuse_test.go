package postgres

import (
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"bedrot/zones"
)

// refused runs an export that must fail with a code, and returns what it says.
func (l *testLake) refused(e *Exporter, version *zones.Version, wanted string) zones.Error {
	l.t.Helper()
	report, err := e.Publish(l.t.Context(), version)
	var told *zones.Error
	if !errors.As(err, &told) || told.Code != wanted || told.Next == "" {
		l.t.Fatalf("%v, want %s\n%+v", err, wanted, report)
	}
	return *told
}

func TestShrinkIsRefused(t *testing.T) {
	t.Parallel()
	url, l := server.Database(t), newTestLake(t)
	names := newGiven("curated.names", "n", "", "n BIGINT").with(map[string]string{"all": "from range(100)"})
	plays := newGiven("curated.plays", "source n", "source", "source VARCHAR", "n BIGINT")
	filled := func(big, small string) given {
		return plays.with(map[string]string{"big": "select 'big', i from range(" + big + ") as r(i)", "small": "select 'small', i from range(" + small + ") as r(i)"})
	}
	l.release(url, filled("300", "100"), names)
	half := filled("150", "50")
	told := l.refused(l.exporter(url, half, names), l.publish(half, names), "warehouse_shrinks")
	if !strings.Contains(told.What, "200 of 400") || !strings.Contains(told.Next, "--accept curated.plays") {
		t.Errorf("%+v", told)
	}
	// One source is gone although the table as a whole hardly shrinks.
	without := filled("300", "100").with(map[string]string{"small": ""})
	if told := l.refused(l.exporter(url, without, names), l.publish(without, names), "warehouse_shrinks"); !strings.Contains(told.What, "100 of 100 rows of small") {
		t.Errorf("%+v", told)
	}
	if got := one(t, url, "select count(*) from curated.plays"); got != "400" {
		t.Errorf("%s rows are left", got)
	}
	// Keys that change are no loss, and a list that is made anew each night may become shorter, but not empty.
	l.release(url, filled("1000, 1300", "1000, 1100"), names.with(map[string]string{"all": "from range(10)"}))
	l.release(url, filled("1000, 1300", "1000, 1100"), names)
	empty := names.with(map[string]string{"all": ""})
	l.refused(l.exporter(url, plays, empty), l.publish(filled("1000, 1300", "1000, 1100"), empty), "warehouse_shrinks")
	// What somebody accepts goes.
	e := l.exporter(url, half, names)
	e.Options.Accept = []string{"curated.plays"}
	if report := l.must(e, l.publish(half, names)); report.Changes[0].Deleted != 400 || report.Changes[0].Inserted != 200 {
		t.Errorf("%+v", report)
	}
}

func TestColumnsComeAndGo(t *testing.T) {
	t.Parallel()
	url, l := server.Database(t), newTestLake(t)
	first := newGiven("curated.prices", "id", "", "id BIGINT", "price DECIMAL(9,2)", "note VARCHAR").with(map[string]string{"all": "values (1, 1.50, 'a'), (2, 2.25, 'b')"})
	l.release(url, first)
	do(t, url, "create view public.mine as select id, price from curated.prices", "alter table curated.prices add column theirs text", "update curated.prices set theirs = 'kept' where id = 1")
	// A column is added: it is applied and listed, and what others added stays.
	added := newGiven("curated.prices", "id", "", "id BIGINT", "price DECIMAL(9,2)", "note VARCHAR", "is_new BOOLEAN").with(map[string]string{"all": "values (1, 1.50, 'a', true), (2, 2.25, 'b', null)"})
	report := l.release(url, added)
	if len(report.Changes) != 1 || strings.Join(report.Changes[0].Added, " ") != "is_new" || report.Changes[0].Updated != 1 {
		t.Errorf("%+v", report)
	}
	if got := one(t, url, "select string_agg(is_new || theirs, ',') from curated.prices"); got != "truekept" {
		t.Error(got)
	}
	// One is gone and one is narrower: nothing happens until both are accepted.
	narrow := newGiven("curated.prices", "id", "", "id BIGINT", "price DECIMAL(5,2)", "is_new BOOLEAN").with(map[string]string{"all": "values (1, 1.50, true), (2, 3.25, null)"})
	version := l.publish(narrow)
	told := l.refused(l.exporter(url, narrow), version, "warehouse_narrows")
	if told.Next != "bedrot export postgres --accept curated.prices.note --accept curated.prices.price" {
		t.Errorf("%+v", told)
	}
	e := l.exporter(url, narrow)
	e.Options.Accept = []string{"curated.prices.note", "curated.prices.price"}
	told = l.refused(e, version, "warehouse_foreign") // somebody's view reads the price
	if !strings.Contains(told.What, "view") {
		t.Errorf("%+v", told)
	}
	do(t, url, "drop view public.mine")
	report = l.must(e, version)
	if got := one(t, url, "select string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', ' order by attnum) from pg_attribute where attrelid = 'curated.prices'::regclass and attnum > 0 and not attisdropped"); got != "id bigint, price numeric(5,2), theirs text, is_new boolean" {
		t.Error(got)
	}
	if report.Changes[0].Updated != 1 || one(t, url, "select sum(price) from curated.prices") != "4.75" {
		t.Errorf("%+v", report)
	}
	// A wider one is applied.
	wide := newGiven("curated.prices", "id", "", "id BIGINT", "price DECIMAL(18,6)", "is_new BOOLEAN").with(map[string]string{"all": "values (1, 1.500001, true), (2, 3.25, null)"})
	l.release(url, wide)
	if got := one(t, url, "select sum(price) from curated.prices"); got != "4.750001" {
		t.Error(got)
	}
	// An older version that lacks a column shows NULL in it.
	e = l.exporter(url, wide)
	e.Options.AsOf = true
	older := newGiven("curated.prices", "id", "", "id BIGINT", "price DECIMAL(9,2)").with(map[string]string{"all": "values (1, 1.50), (2, 3.25)"})
	l.must(e, l.publish(older))
	if got := one(t, url, "select count(is_new) || ' ' || sum(price) from curated.prices"); got != "0 4.750000" {
		t.Errorf("of the older version PostgreSQL shows %s", got)
	}
	// The scripts are newer than a table that kept its last state: it is published as it is.
	l.must(l.exporter(url, wide), l.publish(wide))
	e = l.exporter(url, newGiven("curated.prices", "id", "", "id BIGINT", "price DECIMAL(9,1)", "added DATE"))
	l.must(e, l.publish(wide))
	if got := one(t, url, "select count(is_new) || ' ' || sum(price) from curated.prices"); got != "1 4.750001" {
		t.Errorf("of the stale table PostgreSQL shows %s", got)
	}
	e.Tables = []Table{{Name: "curated.prices", Kept: true}}
	if report := l.must(e, l.publish(older)); report.Release != "" || len(report.Warnings) != 0 {
		t.Errorf("%+v", report)
	}
}

func TestOthersThingsStay(t *testing.T) {
	t.Parallel()
	url, l := server.Database(t), newTestLake(t)
	l.release(url, sales(), artists())
	role := "reader_" + one(t, url, "select current_database()")
	do(t, url, "create role "+role, "grant usage on schema curated to "+role, "grant select on curated.sales to "+role, "create index mine on curated.sales (units)",
		"create view public.by_month as select month, sum(gross_usd) as usd from curated.sales group by month", "create table curated.own (n bigint)", "insert into curated.own values (1)")
	t.Cleanup(func() { do(t, url, "drop owned by "+role, "drop role "+role) })
	l.release(url, sales().with(map[string]string{"2025-02": "values ('2025-02', 'ZONE A0', 'Spotify', 'distrokid', 11, 7)"}), artists())
	if got := ask(t, url, "select usd, has_table_privilege('"+role+"', 'curated.sales', 'select'), to_regclass('curated.mine') is not null from public.by_month where month = '2025-02'"); len(got) != 1 || strings.Join(got[0], " ") != "7.000000000000 t t" {
		t.Errorf("%v", got)
	}
	// A table of somebody else's is in the way of one of ours: it stays.
	own := newGiven("curated.own", "n", "", "n BIGINT").with(map[string]string{"all": "values (2)"})
	l.refused(l.exporter(url, sales(), artists(), own), l.publish(sales(), artists(), own), "warehouse_foreign")
	if got := one(t, url, "select n from curated.own"); got != "1" {
		t.Error(got)
	}
}

func TestTablesThatAreNoMore(t *testing.T) {
	t.Parallel()
	url, l := server.Database(t), newTestLake(t)
	l.release(url, sales(), artists())
	report := l.release(url, sales())
	if len(report.Warnings) != 1 || report.Warnings[0].Code != "warehouse_stays" || one(t, url, "select count(*) from curated.artists") != "2" {
		t.Errorf("%+v", report)
	}
	report = l.must(l.exporter(url, sales(), artists()), l.publish(sales()))
	if len(report.Warnings) != 1 || report.Warnings[0].Code != "warehouse_stays" {
		t.Errorf("%+v", report)
	}
}

func TestOtherLakeIsRefused(t *testing.T) {
	t.Parallel()
	url, l := server.Database(t), newTestLake(t)
	l.release(url, sales())
	other := newTestLake(t)
	if told := other.refused(other.exporter(url, sales()), other.publish(sales()), "warehouse_stamp"); told.Expected == told.Found {
		t.Errorf("%+v", told)
	}
	do(t, url, "update bedrot.stamp set environment = 'live'")
	l.refused(l.exporter(url, sales()), l.publish(sales()), "warehouse_stamp")
	do(t, url, "delete from bedrot.stamp")
	l.refused(l.exporter(url, sales()), l.publish(sales()), "warehouse_stamp")
}

// A table that somebody wrote to, or rows that got lost on the way, keep a release from being published.
func TestDifferenceIsRefused(t *testing.T) {
	t.Parallel()
	url, l := server.Database(t), newTestLake(t)
	l.release(url, sales(), artists())
	do(t, url,
		"create function public.lose() returns trigger language plpgsql as $$ begin if new.gross_usd = 7 then new.gross_usd := 7.000000000001; end if; if new.gross_usd = 8 then return null; end if; return new; end $$",
		"create trigger lose before insert or update on curated.sales for each row execute function public.lose()")
	february := func(usd string) given {
		return sales().with(map[string]string{"2025-02": "values ('2025-02', 'ZONE A0', 'Spotify', 'distrokid', 11, -2.5), ('2025-02', 'PIG1987', 'Spotify', 'distrokid', 11, " + usd + ")"})
	}
	for usd, what := range map[string]string{"7": "gross_usd", "8": "rows"} {
		told := l.refused(l.exporter(url, february(usd), artists()), l.publish(february(usd), artists()), "warehouse_differs")
		if !strings.HasPrefix(told.What, what+" of curated.sales in 2025-02") || one(t, url, "select count(*) from curated.sales") != "4" {
			t.Errorf("%+v", told)
		}
	}
}

func TestRefusalsAreExplained(t *testing.T) {
	t.Parallel()
	url, l := server.Database(t), newTestLake(t)
	version := l.publish(sales())
	e := l.exporter(url, sales())
	for state, wanted := range map[string]string{
		"28P01": "warehouse_login", "3D000": "warehouse_setup", "42501": "warehouse_privilege", "53100": "warehouse_full", "23505": "warehouse_differs",
		"0A000": "warehouse_foreign", "55P03": "warehouse_locked", "57P01": "warehouse_unreachable", "22000": "warehouse_failed",
	} {
		if got := code(e.explain(t.Context(), &pgconn.PgError{Code: state})); got != wanted {
			t.Errorf("%s is told as %s, want %s", state, got, wanted)
		}
	}
	// A full disk of the server's, as the release's last statement meets it: nothing is published.
	l.must(e, version)
	do(t, url, "create function public.full() returns trigger language plpgsql as $$ begin raise exception using errcode = '53100', message = 'could not extend file: No space left on device'; end $$",
		"create trigger disk before insert on bedrot.releases for each row execute function public.full()")
	changed := sales().with(map[string]string{"2025-02": ""})
	l.refused(e, l.publish(changed), "warehouse_full")
	if got := one(t, url, "select count(*) from curated.sales"); got != "4" {
		t.Errorf("%s rows", got)
	}
	do(t, url, "drop function public.full cascade")
	l.must(e, l.publish(changed))
	// A login without rights, a database that is not there, a URL that is none.
	role := "nobody_" + one(t, url, "select current_database()")
	do(t, url, "create role "+role+" login")
	t.Cleanup(func() { do(t, url, "drop role "+role) })
	e.URL = strings.Replace(url, "postgres@", role+"@", 1)
	l.refused(e, version, "warehouse_privilege")
	e.URL = url + "_nowhere"
	l.refused(e, version, "warehouse_setup")
	e.URL = "postgres://user:secret@[::1/x"
	if told := l.refused(e, version, "config"); strings.Contains(told.What, "secret") {
		t.Errorf("%+v", told)
	}
}
