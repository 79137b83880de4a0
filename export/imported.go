package export

import (
	"context"
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

// Imported tells what became of files, how many they are and what comes next. What was placed is told
// already where the files are a tree's.
func (t Talk) Imported(ctx context.Context, files []zones.Imported, tree, dryRun bool) zones.Tally {
	for _, file := range files {
		switch {
		case file.Err != nil:
			t.Failure(zones.AsError(ctx, file.Err))
		case !tree:
			t.Landed(file, dryRun)
		}
	}
	count := zones.Count(files)
	if count.Files > 1 && !dryRun {
		t.Say("%s", count)
	}
	if count.Failed < count.Files && !dryRun {
		t.Say("next: bedrot run")
	}
	return count
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
