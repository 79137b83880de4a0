package postgres

import (
	"context"

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

// Errors are an export's error as findings: none or one.
func Errors(ctx context.Context, err error) []zones.Error {
	if err == nil {
		return nil
	}
	return []zones.Error{*zones.AsError(ctx, err)}
}
