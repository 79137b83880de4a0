package export

import (
	"time"

	"bedrot/zones"
)

// Placed tells where each file of a tree belongs, before the first one is landed.
func (t Talk) Placed(files []zones.Imported) {
	for _, file := range files {
		if file.Err == nil {
			t.Say("%s: %s, captured %s (%s)", file.Path, file.Drop.Where(), file.Drop.AsOf.Format(time.RFC3339), file.Drop.AsOfFrom)
		}
	}
}

// Imported tells how many files were landed, and what comes next.
func (t Talk) Imported(count zones.Tally) {
	if count.Files > 1 {
		t.Say("%s", count)
	}
	if count.Failed < count.Files {
		t.Say("next: bedrot run")
	}
}

// Landed tells what became of an imported file.
func (t Talk) Landed(l zones.Imported, dryRun bool) {
	switch {
	case l.Skipped:
		t.Say("%s: not taken: %s was not chosen", l.Path, l.Drop.Where())
		return
	case l.Known:
		t.Say("%s: already landed as %s drop %s", l.Path, l.Drop.Where(), l.Drop.ID)
		return
	case dryRun:
		t.Say("%s: would land as %s, captured %s (%s)", l.Path, l.Drop.Where(), l.Drop.AsOf.Format(time.RFC3339), l.Drop.AsOfFrom)
	default:
		t.Say("%s: landed as %s, captured %s", l.Path, l.Drop.Where(), l.Drop.AsOf.Format(time.RFC3339))
	}
	if l.Warning != "" {
		t.Tell("    warning: %s", l.Warning)
	}
}
