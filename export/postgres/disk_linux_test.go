package postgres

import (
	"fmt"
	"regexp"
	"testing"
	"time"

	"bedrot/export/postgres/pgtest"
)

// inStage is a file of a temporary table.
var inStage = regexp.MustCompile(`/t\d+_\d+"`)

// A server whose disk is full, whether before the first row is staged or in the middle of the merge, publishes
// nothing and says what it needs; once there is room the next release brings all.
func TestAFullDiskOfTheServer(t *testing.T) {
	t.Parallel()
	own, err := pgtest.Start("") // whose checkpoints, which other tests wait for, may fail
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() {
		if err := own.Close(); err != nil {
			t.Error(err)
		}
	})
	url, disk := own.SmallDisk(t, 64)
	l := newTestLake(t)
	before, after := ledger(2, 500), ledger(3, 6000)
	l.release(url, before)
	state := func() string {
		return fmt.Sprint(ask(t, url, "select month, count(*), sum(gross_usd) from curated.ledger group by month order by month"),
			ask(t, url, "select release_id, row_counts from bedrot.releases order by started_at"),
			ask(t, url, "select part, fingerprint, row_count from bedrot.parts order by table_name, part"))
	}
	was := state()
	version := l.publish(after)
	for _, free := range []int{100, 1000, 2500, 3500, 4500} {
		disk.Leave(free)
		told := l.refused(l.exporter(url, after), version, "warehouse_full")
		if inStage.MatchString(told.What) != (free < 2500) {
			t.Errorf("with %d KiB free it is not where it should fail: %s", free, told.What)
		}
		if told.Next == "" {
			t.Errorf("with %d KiB free: %+v", free, told)
		}
		disk.Empty() // so that the database can be asked
		if now := state(); now != was {
			t.Errorf("with %d KiB free the release left\n%s\nof\n%s", free, now, was)
		}
	}
	l.must(l.exporter(url, after), version)
	if rows := one(t, url, "select count(*) from curated.ledger"); rows != "18000" {
		t.Errorf("%s rows", rows)
	}
	left := "1"
	for try := 0; left != "0" && try < 500; try++ { // they end with their session's process, a moment after the session
		time.Sleep(20 * time.Millisecond)
		left = one(t, url, "select count(*) from pg_class where relname like 'bedrot_stage%'")
	}
	if left != "0" {
		t.Errorf("%s tables are left over", left)
	}
}
