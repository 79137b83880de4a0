package postgres

import (
	"context"
	"slices"

	"bedrot/zones"
)

// Event is the export as the run's journal keeps it.
func (r Report) Event(err error) zones.Event {
	event := zones.Event{Kind: "step", Step: "export", Status: "released", Version: r.Version, RowsOut: &r.Rows, DurationMS: r.Took.Milliseconds(), Attempt: r.Attempts}
	switch {
	case err != nil:
		event.Status = "failed"
	case r.Release == "":
		event.Status = "nothing"
	}
	return event
}

// Deliver publishes what the lake shows as the last step of a run: it is journaled, and what failed or was
// odd is returned, since it takes nothing back of what the run published. There may be no database; told
// hears of a release.
func Deliver(ctx context.Context, journal *zones.Journal, open func(context.Context) (*Exporter, error), told func(Report)) (found []zones.Error) {
	exporter, err := open(ctx)
	if exporter == nil && err == nil {
		return nil
	}
	var report Report
	if err == nil {
		report, err = exporter.Publish(ctx, nil)
	}
	journal.Add(report.Event(err))
	found = slices.Clone(report.Warnings)
	if err != nil {
		found = append(found, *zones.AsError(ctx, err))
	} else {
		told(report)
	}
	for i := range found {
		found[i].Step = "export"
	}
	return found
}
