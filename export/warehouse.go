package export

import (
	"time"

	"bedrot/export/postgres"
)

// Released tells what an export did, or would do.
func (t Talk) Released(r postgres.Report) {
	verb := "released"
	if r.DryRun {
		verb = "would release"
	}
	changed := 0
	for _, change := range r.Changes {
		if change.Inserted+change.Updated+change.Deleted > 0 {
			changed++
		}
		if change.Inserted+change.Updated+change.Deleted > 0 || r.DryRun {
			t.Say("  %-40s %9d added %9d changed %9d removed", change.Table, change.Inserted, change.Updated, change.Deleted)
		}
		if len(change.Added) > 0 {
			t.Say("  %-40s new columns %v", change.Table, change.Added)
		}
		if len(change.Narrowed) > 0 {
			t.Say("  %-40s columns narrowed or gone %v", change.Table, change.Narrowed)
		}
	}
	if len(r.Changes) == 0 {
		t.Say("nothing to release: %s shows version %s in %d tables (%s)", r.Where, r.Version, r.Tables, r.Took.Round(time.Millisecond))
		return
	}
	t.Say("%s version %s into %s: %d of %d tables changed, %d rows compared (%s)", verb, r.Version, r.Where, changed, r.Tables, r.Rows, r.Took.Round(time.Millisecond))
}
