package postgres

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"bedrot/export/postgres/pgtest"
	"bedrot/sql"
	"bedrot/zones"
)

// nights are releases in turn: each changes, adds and removes rows in both tables, which always agree on
// what night it is.
func night(n int) []given {
	plays := newGiven("curated.plays", "month n", "month", "month VARCHAR", "n BIGINT", "night BIGINT", "amount_usd DECIMAL(38,12)")
	for month := range 3 {
		key := fmt.Sprintf("2025-0%d", month+1)
		plays.parts[key] = fmt.Sprintf("select '%s', i, %d, (i * %d)::decimal(38, 12) / 7 from range(%d, 40) as r(i)", key, n, n+1, n%7)
	}
	now := newGiven("curated.now", "name", "", "name VARCHAR", "night BIGINT").with(map[string]string{"all": fmt.Sprintf("values ('tonight', %d), ('row ' || %d, %d)", n, n%5, n)})
	return []given{plays, now}
}

// content is all that the tables of a night hold, and what bedrot remembers of them.
func content(t testing.TB, url string) [][]string {
	t.Helper()
	return ask(t, url, `
		select 'plays', month, n::text, night::text, amount_usd::text from curated.plays
		union all select 'now', name, night::text, '', '' from curated.now
		union all select table_name, part, fingerprint, row_count::text, money::text from bedrot.parts
		order by 1, 2, 3`)
}

// leftovers are relations that nobody should find after an export.
func leftovers(t testing.TB, url string) string {
	t.Helper()
	const left = "select coalesce(string_agg(n.nspname || '.' || c.relname, ' '), '') from pg_class as c inner join pg_namespace as n on c.relnamespace = n.oid where c.relname like 'bedrot_stage%' and n.nspname like 'pg_temp%' and not exists (select 1 from pg_stat_activity where application_name = 'bedrot')"
	for range 20 { // a session that ends is gone from the list before its tables are
		if one(t, url, left) == "" {
			return ""
		}
		time.Sleep(50 * time.Millisecond)
	}
	return one(t, url, left)
}

// expected is the content after a release that nothing disturbed.
func (l *testLake) expected(tables []given, version *zones.Version) [][]string {
	l.t.Helper()
	url := server.Database(l.t)
	l.must(l.exporter(url, tables...), version)
	return content(l.t, url)
}

// TestConnectionIsCut breaks the connection after each message in turn. Whatever it was, the export comes
// through or fails; after it, and after one more, the tables show exactly the new night.
func TestConnectionIsCut(t *testing.T) {
	t.Parallel()
	l := newTestLake(t)
	first, second := night(1), night(2)
	versionOne, versionTwo := l.publish(first...), l.publish(second...)
	before, after := l.expected(first, versionOne), l.expected(second, versionTwo)
	p := newProxy(t, server.Address())
	url := server.Database(t)
	l.must(l.exporter(url, first...), versionOne)
	l.must(l.exporter(p.url(url), second...), versionTwo)
	messages := int(p.seen.Load())
	if messages < 50 {
		t.Fatalf("only %d messages were seen", messages)
	}
	step := messages/8 + 1
	if full() {
		step = 1
	}
	on, mixed := true, 0
	for cut := 1 + rand.IntN(step); cut <= messages; cut += step {
		tables, version, now, then := first, versionOne, before, after
		if !on {
			tables, version, now, then = second, versionTwo, after, before
		}
		p.seen.Store(0)
		p.cut.Store(int64(cut))
		e := l.exporter(p.url(url), tables...)
		report, err := e.Publish(t.Context(), version)
		p.cut.Store(0)
		got := content(t, url)
		if !reflect.DeepEqual(got, now) && !reflect.DeepEqual(got, then) {
			mixed++
			t.Errorf("cut after message %d of %d, two nights are mixed: %+v %v", cut, messages, report, err)
		}
		if err != nil || !reflect.DeepEqual(got, now) {
			t.Errorf("cut after message %d of %d: the export does not come through: %+v %v", cut, messages, report, err)
		}
		l.must(l.exporter(url, tables...), version)
		if got := content(t, url); !reflect.DeepEqual(got, now) || leftovers(t, url) != "" {
			t.Errorf("cut after message %d: the next export does not converge", cut)
		}
		on = !on
	}
	t.Logf("%d messages, every %d. was cut, %d mixed", messages, step, mixed)
}

// TestAnswerToCommitIsLost: the release is there, and is not published twice.
func TestAnswerToCommitIsLost(t *testing.T) {
	t.Parallel()
	l, url := newTestLake(t), server.Database(t)
	p := newProxy(t, server.Address())
	l.must(l.exporter(url, night(0)...), l.publish(night(0)...))
	tries := 3
	if full() {
		tries = 100
	}
	for n := 1; n <= tries; n++ {
		version := l.publish(night(n)...)
		p.muted.Store(true)
		e := l.exporter(p.url(url), night(n)...)
		muted := p.mutes.Load()
		done := make(chan struct{})
		go func() { // a single answer is lost; schema changes commit too, but here there are none
			defer close(done)
			for p.mutes.Load() == muted {
				time.Sleep(time.Millisecond)
			}
			p.muted.Store(false)
		}()
		report := l.must(e, version)
		<-done
		if report.Attempts < 2 || report.Release == "" || len(report.Changes) != 2 {
			t.Errorf("%+v", report)
		}
		if got := one(t, url, "select count(*) || ' ' || count(distinct lake_version) from bedrot.releases"); got != fmt.Sprintf("%d %d", n+1, n+1) {
			t.Fatalf("releases and versions are %s", got)
		}
		if got := one(t, url, "select string_agg(distinct night::text, ',') from (select night from curated.plays union select night from curated.now) as nights"); got != fmt.Sprint(n) {
			t.Errorf("the tables show night %s, want %d", got, n)
		}
	}
}

// TestReaderSeesOneRelease asks again and again while releases come, and must never see two nights, nothing,
// or wait.
func TestReaderSeesOneRelease(t *testing.T) {
	t.Parallel()
	l, url := newTestLake(t), server.Database(t)
	l.must(l.exporter(url, night(0)...), l.publish(night(0)...))
	releases := 8
	if full() {
		releases = 50
	}
	ctx, stop := context.WithCancel(t.Context())
	var reads, seen int
	var longest time.Duration
	var problem error
	var reader sync.WaitGroup
	reader.Go(func() {
		conn, err := pgx.Connect(ctx, url)
		if err != nil {
			problem = err
			return
		}
		defer func() { _ = conn.Close(context.Background()) }()
		last := ""
		for ctx.Err() == nil {
			started := time.Now()
			rows, err := askOn(context.Background(), conn, `
				select (select string_agg(distinct night::text, ',') from curated.plays), (select string_agg(distinct night::text, ',') from curated.now where name = 'tonight'),
					(select (row_counts->>'curated.plays')::bigint - (select count(*) from curated.plays) from bedrot.releases order by number desc limit 1)`)
			longest = max(longest, time.Since(started))
			if err != nil || rows[0][0] != rows[0][1] || rows[0][2] != "0" || strings.Contains(rows[0][0], ",") {
				problem = fmt.Errorf("a reader saw %v: %w", rows, err)
				return
			}
			if reads++; rows[0][0] != last {
				last = rows[0][0]
				seen++
			}
			time.Sleep(10 * time.Millisecond)
		}
	})
	for n := 1; n <= releases; n++ {
		l.must(l.exporter(url, night(n)...), l.publish(night(n)...))
	}
	stop()
	reader.Wait()
	if problem != nil || longest > 2500*time.Millisecond || seen < releases/2 {
		t.Errorf("%d reads of %d releases, the longest took %s: %v", reads, seen, longest, problem)
	}
	t.Logf("%d reads saw %d of %d releases, none mixed; the longest took %s", reads, seen, releases, longest)
}

// TestExportersWaitForEachOther lets two begin at once: one waits, and finds nothing left to do.
func TestExportersWaitForEachOther(t *testing.T) {
	t.Parallel()
	l, url := newTestLake(t), server.Database(t)
	version := l.publish(night(1)...)
	reports, errs := make([]Report, 2), make([]error, 2)
	var both sync.WaitGroup
	for i := range 2 {
		both.Go(func() { reports[i], errs[i] = l.exporter(url, night(1)...).Publish(t.Context(), version) })
	}
	both.Wait()
	if errs[0] != nil || errs[1] != nil || (reports[0].Release == "") == (reports[1].Release == "") {
		t.Errorf("%+v %v", reports, errs)
	}
	if got := one(t, url, "select count(*) from bedrot.releases"); got != "1" {
		t.Errorf("%s releases", got)
	}
	// One that waits too long says so.
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(t.Context())) }()
	if _, err := conn.Exec(t.Context(), "select pg_advisory_lock($1)", int64(lockKey)); err != nil {
		t.Fatal(err)
	}
	e := l.exporter(url, night(1)...)
	e.Wait = time.Millisecond
	l.refused(e, version, "warehouse_locked")
	// So does one before whom somebody holds a row that it must change; readers go on meanwhile.
	if _, err := conn.Exec(t.Context(), "select pg_advisory_unlock_all()"); err != nil {
		t.Fatal(err)
	}
	if full() {
		tx, err := conn.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.Exec(t.Context(), "update curated.now set night = 99"); err != nil {
			t.Fatal(err)
		}
		l.refused(l.exporter(url, night(2)...), l.publish(night(2)...), "warehouse_locked")
		if err := tx.Rollback(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// child is an exporter in a process of its own, to be killed: it publishes the lake's current version.
func child() int {
	lake, err := zones.Open(os.Getenv("BEDROT_TEST_EXPORT"), "", zones.Files{})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	version, err := lake.Current()
	if err == nil {
		l := &testLake{lake: lake}
		e := l.exporter(os.Getenv("BEDROT_TEST_URL"), night(0)...)
		e.Scripts = sql.Scripts()
		_, err = e.Publish(context.Background(), version)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// TestKilledExports kills the exporter, and the server under it, at random instants. After each the tables
// show one night, and the next export converges.
func TestKilledExports(t *testing.T) {
	if os.Getenv("BEDROT_TEST_POSTGRES") != "" {
		t.Skip("the server is not this test's to be stopped")
	}
	t.Parallel()
	own, err := pgtest.Start("")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = own.Close() }()
	l, url := newTestLake(t), own.Database(t)
	rounds := 4
	if full() {
		rounds = 200
	}
	l.must(l.exporter(url, night(0)...), l.publish(night(0)...))
	var took time.Duration
	interrupted := 0
	for n := 1; n <= rounds; n++ {
		version := l.publish(night(n)...)
		command := exec.Command(os.Args[0])
		command.Env = append(os.Environ(), "BEDROT_TEST_EXPORT="+l.lake.Root, "BEDROT_TEST_URL="+url)
		var said bytes.Buffer
		command.Stderr = &said
		started := time.Now()
		if err := command.Start(); err != nil {
			t.Fatal(err)
		}
		if n > 1 {
			time.Sleep(time.Duration(rand.Int64N(int64(took))))
			if n%2 == 0 {
				_ = command.Process.Kill()
			} else if err := own.Crash(); err != nil {
				t.Fatal(err)
			}
		}
		if err := command.Wait(); err != nil {
			interrupted++
		}
		if n == 1 {
			took = time.Since(started)
		}
		if n > 1 && n%2 == 1 {
			if err := own.Up(); err != nil {
				t.Fatal(err)
			}
		}
		nights := one(t, url, "select string_agg(distinct night::text, ',') from (select night from curated.plays union select night from curated.now where name = 'tonight') as nights")
		if nights != fmt.Sprint(n) && nights != fmt.Sprint(n-1) {
			t.Errorf("round %d: the tables show night %s", n, nights)
		}
		l.must(l.exporter(url, night(n)...), version)
		if left := leftovers(t, url); left != "" {
			t.Errorf("round %d leaves %s", n, left)
		}
		if got := one(t, url, "select count(distinct night) || ' ' || max(night) from curated.plays"); got != fmt.Sprintf("1 %d", n) {
			t.Errorf("round %d does not converge: %s", n, got)
		}
	}
	last := content(t, url)
	if want := l.expected(night(rounds), l.publish(night(rounds)...)); !reflect.DeepEqual(last, want) {
		t.Error("after all rounds the tables are not those of an undisturbed export")
	}
	t.Logf("%d of %d exports were interrupted", interrupted, rounds)
}
