package postgres

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"strings"
	"testing"

	"bedrot/export/postgres/pgtest"
	"bedrot/export/warehouse"
)

func TestDryRunSaysWhatWouldBe(t *testing.T) {
	t.Parallel()
	url, l := server.Database(t), newTestLake(t)
	dry := func(tables ...given) Report {
		e := l.exporter(url, tables...)
		e.Options = Options{DryRun: true, Diff: true}
		return l.must(e, l.publish(tables...))
	}
	report := dry(sales(), artists())
	if len(report.Changes) != 2 || report.Changes[0].Inserted != 4 || report.Release != "" || one(t, url, "select to_regnamespace('curated') is null and to_regnamespace('bedrot') is null") != "t" {
		t.Errorf("%+v", report)
	}
	l.release(url, sales(), artists())
	// One row of each: changed, gone, new; and a column that the database has not yet.
	restated := sales().with(map[string]string{
		"2025-01": "values ('2025-01', null, 'Spotify', 'distrokid', 3, 2.5), ('2025-01', 'PIG1987', 'Deezer', 'toolost', 1, null), ('2025-01', null, 'Tidal', 'distrokid', 7, 0.5)",
	})
	wider := newGiven("curated.artists", "artist", "", "artist VARCHAR", "label VARCHAR", "since DATE", "seen_at TIMESTAMP", "share DECIMAL(9,6)", "score DOUBLE", "is_known BOOLEAN", "_extra JSON", "n BIGINT").with(map[string]string{
		"all": "values ('PIG1987', null, null, null, null, null, null, null, 1)",
	})
	before := versions(t, url)
	report = dry(restated, wider)
	want := []Change{{Table: "curated.sales", Inserted: 1, Updated: 1, Deleted: 1, Parts: 1}, {Table: "curated.artists", Updated: 1, Deleted: 1, Parts: 1, Whole: true, Added: []string{"n"}}}
	if !reflect.DeepEqual(report.Changes, want) || !reflect.DeepEqual(before, versions(t, url)) {
		t.Errorf("%+v", report.Changes)
	}
	if got := l.release(url, restated, wider); !reflect.DeepEqual(got.Changes, want) {
		t.Errorf("it was announced otherwise: %+v", got.Changes)
	}
}

// TestViewsFollow: a view that does not fit its tables yet keeps no release back, and one that fits is made
// with what it and its columns mean; another's view on it, and rights on it, stay.
func TestViewsFollow(t *testing.T) {
	t.Parallel()
	url, l := server.Database(t), newTestLake(t)
	personas := newGiven("curated.artist_personas", "artist", "", "artist VARCHAR").with(map[string]string{"all": "values ('ZONE A0')"})
	known := newGiven("curated.artists", "artist", "", "artist VARCHAR", "is_in_catalog BOOLEAN").with(map[string]string{"all": "values ('ZONE A0', true)"})
	report := l.release(url, personas, known)
	if len(report.Warnings) != 1 || report.Warnings[0].Code != "warehouse_view" || one(t, url, "select count(*) from curated.artist_personas") != "1" {
		t.Errorf("%+v", report)
	}
	whole := newGiven("curated.artist_personas", "artist", "", "artist VARCHAR", "platform VARCHAR", "profile VARCHAR", "source VARCHAR", "account VARCHAR", "audience VARCHAR", "time_window VARCHAR", "dimension VARCHAR", "value VARCHAR", "captured_on DATE",
		"quantity BIGINT", "known_quantity BIGINT", "share DECIMAL(9,6)", "is_share_told BOOLEAN").with(map[string]string{"all": "select 'ZONE A0', 'p', null, 's', 'a', null, null, 'age', '18', null, null, null, 0.5, true"})
	if report = l.release(url, whole, known); len(report.Warnings) != 0 || one(t, url, "select share || ' ' || is_in_catalog from dashboards.artist_personas") != "0.500000 true" {
		t.Errorf("%+v", report)
	}
	if got := one(t, url, "select obj_description('dashboards.artist_personas'::regclass) || col_description('dashboards.artist_personas'::regclass, 1)"); !strings.Contains(got, "One row per audience") || !strings.Contains(got, "NULL if not known") {
		t.Error(got)
	}
	// As after an upgrade that changed the view: it is made anew under the rights it had.
	role := "viewer_" + one(t, url, "select current_database()")
	do(t, url, "create role "+role, "drop view dashboards.artist_personas", "create view dashboards.artist_personas as select 1 as n", "grant select on dashboards.artist_personas to "+role, "update bedrot.views set made_of = 'older'")
	t.Cleanup(func() { do(t, url, "drop owned by "+role, "drop role "+role) })
	l.release(url, whole, known)
	if got := one(t, url, "select has_table_privilege('"+role+"', 'dashboards.artist_personas', 'select') and exists (select 1 from dashboards.artist_personas where share = 0.5)"); got != "t" {
		t.Error("the view was not made anew, or its reader lost it")
	}
	// Somebody's own view on it stands in the way of that: it stays.
	do(t, url, "drop view dashboards.artist_personas", "create view dashboards.artist_personas as select 1 as n", "create view public.mine as select n from dashboards.artist_personas", "update bedrot.views set made_of = 'older'")
	l.refused(l.exporter(url, whole, known), l.publish(whole, known), "warehouse_foreign")
	if got := one(t, url, "select n from public.mine"); got != "1" {
		t.Error(got)
	}
}

func TestNearDuplicates(t *testing.T) {
	t.Parallel()
	url, l := server.Database(t), newTestLake(t)
	named := func(names ...string) given {
		rows := make([]string, len(names))
		for i, name := range names {
			rows[i] = "(" + literalDuck(name) + ", 1.5)"
		}
		return newGiven("curated.artists", "artist", "", "artist VARCHAR", "gross_usd DECIMAL(9,2)").with(map[string]string{"all": "values " + strings.Join(rows, ", ")})
	}
	l.release(url, named("ZONE A0", "Straße", "Beyoncé"))
	if got := one(t, url, "select count(*) from bedrot.duplicates"); got != "0" {
		t.Errorf("%s duplicates", got)
	}
	// Case, spacing, accents: recorded, and written all the same.
	names := []string{"ZONE A0", "Straße", "Beyoncé", " zone   a0", "STRASSE", "BEYONCE\u0301", "Zone B0"}
	l.release(url, named(names...))
	want := [][]string{{" zone   a0", "ZONE A0", "WARNING", "f"}, {"BEYONCE\u0301", "Beyoncé", "WARNING", "f"}, {"STRASSE", "Straße", "WARNING", "f"}}
	if got := ask(t, url, `select key->>'artist', like_key->>'artist', severity, is_refused from bedrot.duplicates order by key->>'artist' collate "C"`); !reflect.DeepEqual(got, want) {
		t.Errorf("%v", got)
	}
	// An ERROR refuses the row, of any writer: the lake's as well as somebody else's.
	do(t, url, "update bedrot.duplicate_rules set severity = 'ERROR' where table_name = 'curated.artists'", "insert into curated.artists values ('zone b0', 1)", "update curated.artists set artist = 'ZONE B0 ' where artist = 'Straße'")
	if got := one(t, url, "select count(*) from curated.artists"); got != "7" {
		t.Errorf("%s artists", got)
	}
	for range 2 { // what was refused is looked at again by the next export
		report := l.release(url, named(append(names, "STRÄSSE", "straße")...))
		if len(report.Warnings) != 1 || report.Warnings[0].Code != "warehouse_duplicate" || report.Changes[0].Refused != 2 || one(t, url, "select count(*) from curated.artists") != "7" {
			t.Errorf("%+v", report)
		}
	}
	if got := one(t, url, `select string_agg(key->>'artist', ',' order by key->>'artist' collate "C") from bedrot.duplicates where is_refused`); got != "STRÄSSE,ZONE B0 ,straße,zone b0" {
		t.Error(got)
	}
	do(t, url, "update bedrot.duplicate_rules set severity = 'INFO'")
	if report := l.release(url, named(append(names, "STRÄSSE", "straße")...)); len(report.Warnings) != 0 || one(t, url, "select count(*) from curated.artists") != "9" {
		t.Errorf("%+v", report)
	}
}

func TestHook(t *testing.T) {
	t.Parallel()
	url, l := server.Database(t), newTestLake(t)
	var told []string
	answer := http.StatusOK
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var said struct{ Release, Version string }
		if err := json.Unmarshal(body, &said); err != nil || r.Method != http.MethodPost {
			t.Errorf("%s %s: %v", r.Method, body, err)
		}
		told = append(told, said.Release)
		w.WriteHeader(answer)
	}))
	defer hook.Close()
	publish := func(n int) Report {
		e := l.exporter(url, night(n)...)
		e.Hook = hook.URL + "/refresh?token=hidden"
		return l.must(e, l.publish(night(n)...))
	}
	report := publish(1)
	if len(told) != 1 || told[0] != report.Release || len(report.Warnings) != 0 {
		t.Errorf("%v %+v", told, report)
	}
	if publish(1); len(told) != 1 {
		t.Error("it was called although nothing was released")
	}
	// It fails: the release stands, and the secret is not told.
	answer = http.StatusTeapot
	report = publish(2)
	hook.Close()
	for _, report := range []Report{report, publish(3)} {
		if report.Release == "" || len(report.Warnings) != 1 || report.Warnings[0].Code != "warehouse_hook" || strings.Contains(report.Warnings[0].What, "hidden") {
			t.Errorf("%+v", report)
		}
	}
}

// TestRoles has a server of its own: roles are the whole server's.
func TestRoles(t *testing.T) {
	if os.Getenv("BEDROT_TEST_POSTGRES") != "" {
		t.Skip("roles are the whole server's, and it is not this test's")
	}
	t.Parallel()
	own, err := pgtest.Start("")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = own.Close() }()
	super, l := own.Database(t), newTestLake(t)
	as := func(role string) string { return strings.Replace(super, "postgres@", role+"@", 1) }
	plays := newGiven("curated.plays", "artist", "", "artist VARCHAR", "n BIGINT").with(map[string]string{"all": "values ('ZONE A0', 1), ('PIG1987', 2), (null, 3)"})
	totals := newGiven("curated.totals", "n", "", "n BIGINT").with(map[string]string{"all": "values (6)"})
	do(t, super, "create role nightly login", "create role grafana login", "create role friend login", "create role stranger login")
	// Without the roles doctor says what is missing, and the release fails for it.
	e := l.exporter(as("nightly"), plays, totals)
	if findings := e.Examine(t.Context()); len(findings) != 1 || findings[0].State != "fail" || !strings.Contains(findings[0].Next, "grant create on database") {
		t.Errorf("%+v", findings)
	}
	version := l.publish(plays, totals)
	l.refused(e, version, "warehouse_privilege")
	// A first release by the superuser, then the roles: what there is becomes the writer's.
	l.must(l.exporter(super, plays, totals), version)
	if findings := e.Examine(t.Context()); len(findings) != 1 || findings[0].State != "fail" {
		t.Errorf("%+v", findings)
	}
	do(t, super, "create table curated.theirs (n bigint)")
	for range 2 {
		runScript(t, super, warehouse.Roles())
	}
	do(t, super, "grant bedrot_writer to nightly", "grant bedrot_reader to grafana", "grant bedrot_partner to friend", "insert into bedrot.partner_artists values ('friend', 'ZONE A0')")
	if findings := e.Examine(t.Context()); len(findings) != 1 || findings[0].State != "ok" {
		t.Errorf("%+v", findings)
	}
	more := newGiven("curated.more", "artist n", "", "artist VARCHAR", "n BIGINT").with(map[string]string{"all": "values ('ZONE A0', 1), ('PIG1987', 2)"})
	for range 3 {
		e = l.exporter(as("nightly"), plays, totals, more)
		l.must(e, l.publish(plays, totals, more))
		plays.parts["all"] += ", ('IWARY' || " + literalDuck(strings.Repeat("!", len(plays.parts["all"])%7)) + ", 4)"
	}
	// Who may do what: exactly this.
	want := [][]string{
		{"bedrot_partner", "more", "SELECT"},
		{"bedrot_partner", "plays", "SELECT"},
		{"bedrot_reader", "more", "SELECT"},
		{"bedrot_reader", "plays", "SELECT"},
		{"bedrot_reader", "totals", "SELECT"},
	}
	if got := ask(t, super, "select grantee, table_name, privilege_type from information_schema.role_table_grants where table_schema = 'curated' and grantee like 'bedrot%' and grantee <> 'bedrot_writer' order by 1, 2, 3"); !reflect.DeepEqual(got, want) {
		t.Errorf("%v", got)
	}
	if got := one(t, super, "select string_agg(tablename || ' ' || tableowner, ', ' order by tablename) from pg_tables where schemaname = 'curated'"); got != "more bedrot_writer, plays bedrot_writer, theirs postgres, totals bedrot_writer" {
		t.Error(got)
	}
	if got := one(t, super, "select rolsuper or rolcreaterole or rolcreatedb or has_database_privilege('bedrot_writer', current_database(), 'create') or has_schema_privilege('bedrot_writer', 'public', 'create') from pg_roles where rolname = 'bedrot_writer'"); got != "f" {
		t.Error("the writer may do more than it must")
	}
	if got := one(t, as("grafana"), "select (select count(*) from curated.plays) + (select count(*) from curated.totals) + (select count(*) from bedrot.current_release)"); got == "0" || got == "2" {
		t.Error(got)
	}
	partnerSees(t, as("friend"), "1", "ZONE A0")
	partnerSees(t, as("stranger"), "denied", "")
	do(t, super, "grant bedrot_partner to stranger")
	partnerSees(t, as("stranger"), "0", "")
	for _, statement := range []string{"select * from curated.totals", "insert into curated.plays values ('ZONE A0', 9)", "delete from curated.plays", "select * from bedrot.releases", "insert into bedrot.partner_artists values ('friend', 'PIG1987')", "select * from dimensions.artists"} {
		if !denied(t, as("friend"), statement) {
			t.Errorf("a partner may: %s", statement)
		}
	}
	if !denied(t, as("grafana"), "delete from curated.plays") || !denied(t, as("grafana"), "create table curated.x (n bigint)") {
		t.Error("a reader may write")
	}
	do(t, super, "revoke temporary on database "+one(t, super, "select current_database()")+" from bedrot_writer, public")
	if findings := e.Examine(t.Context()); len(findings) != 1 || !strings.Contains(findings[0].Next, "grant temporary") {
		t.Errorf("%+v", findings)
	}
}

func partnerSees(t *testing.T, url, count, artist string) {
	t.Helper()
	if count == "denied" {
		if !denied(t, url, "select * from curated.plays") {
			t.Error("somebody without a role sees rows")
		}
		return
	}
	if got := ask(t, url, "select count(*), coalesce(max(artist), '') from curated.plays"); got[0][0] != count || got[0][1] != artist {
		t.Errorf("a partner sees %v, want %s %s", got, count, artist)
	}
}
