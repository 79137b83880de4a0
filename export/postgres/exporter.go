package postgres

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"slices"
	"time"

	"bedrot/sql"
	"bedrot/sql/duck"
	"bedrot/sql/query"
	"bedrot/sql/script"
	"bedrot/zones"
)

// Exporter publishes versions of a lake into one database.
type Exporter struct {
	Lake    *zones.Lake
	Tables  []Table
	Scripts fs.FS  // macros and views of meta, for the session on the lake
	URL     string // connection string, see Configured
	Hook    string // is called after a release; "" for none
	Bedrot  string // this program's version
	Memory  string
	Threads int
	Wait    time.Duration // for another exporter; 0 is ten minutes
	Pause   time.Duration // before the second attempt, growing from one to the next; 0 is a second
	Options Options
	Log     *slog.Logger
	Now     func() time.Time
	Step    func(step string) // is told what is being done; may be nil
}

// Options of one export.
type Options struct {
	DryRun bool // change nothing
	Diff   bool // count what would be added, changed and removed
	AsOf   bool // the version is an older one: columns it lacks are NULL, and rows may go
	Full   bool // compare every partition, whatever was last released
	// Accept lists what may be lost: a table (its rows may go) or a table's column (it may go, or become
	// narrower).
	Accept []string
}

func (o Options) accepts(what string) bool { return slices.Contains(o.Accept, what) }

// Change is what a release does to a table.
type Change struct {
	Table    string   `json:"table"`
	Inserted int64    `json:"inserted"`
	Updated  int64    `json:"updated"`
	Deleted  int64    `json:"deleted"`
	Parts    int      `json:"partitions"` // looked at
	Whole    bool     `json:"whole,omitempty"`
	Added    []string `json:"columns_added,omitempty"`
	Narrowed []string `json:"columns_narrowed,omitempty"`
	Refused  int64    `json:"rows_refused,omitempty"` // by the rules on duplicates
}

// Report tells what an export did, or would do.
type Report struct {
	Release  string        `json:"release,omitempty"` // empty when nothing was to be released
	Version  string        `json:"version"`
	Where    string        `json:"where"`
	DryRun   bool          `json:"dry_run,omitempty"`
	Changes  []Change      `json:"changes"`
	Tables   int           `json:"tables"`
	Rows     int64         `json:"rows"` // streamed
	Attempts int           `json:"attempts"`
	Warnings []zones.Error `json:"warnings,omitempty"`
	Took     time.Duration `json:"took_ns"`
}

// New is the exporter into the database that the environment names, see Configured; nil where it names none.
// The catalog is not asked for then.
func New(ctx context.Context, lake *zones.Lake, lookup func(name string) (string, bool), catalog func(context.Context, *zones.Lake) (*script.Catalog, error)) (*Exporter, error) {
	url := Configured(lookup)
	if url == "" {
		return nil, nil
	}
	known, err := catalog(ctx, lake)
	if err != nil {
		return nil, err
	}
	e := &Exporter{Lake: lake, Scripts: sql.Scripts(), URL: url}
	e.Hook, _ = lookup(HookSetting)
	if e.Tables, err = Tables(known); err != nil {
		return nil, err
	}
	return e, nil
}

// attempts is how often an export begins anew after a lost connection or a conflict.
const attempts = 5

// Publish makes the database show a version, or with nil the one the lake shows: after it, all tables are
// those of one release. An error means that they are those of the release before.
func (e *Exporter) Publish(ctx context.Context, version *zones.Version) (report Report, err error) {
	if version == nil {
		version, err = e.Lake.Current()
	}
	if err == nil && version == nil {
		err = &zones.Error{Code: "version_unknown", What: "nothing has been published yet", Next: "bedrot run"}
	}
	if err != nil {
		return report, err
	}
	started := e.Now()
	id := make([]byte, 8)
	if _, err := rand.Read(id); err != nil {
		return report, err
	}
	r := &release{Exporter: e, version: version, id: hex.EncodeToString(id), started: started}
	report = Report{Version: version.Run, Where: Where(e.URL), DryRun: e.Options.DryRun, Tables: len(e.Tables)}
	r.lake, err = query.Open(ctx, e.Lake, version, query.Options{
		Options: duck.Options{Memory: e.Memory, Threads: e.Threads, Spill: e.Lake.Config.Spill}, Scripts: e.Scripts, Unfenced: true,
	})
	if err != nil {
		return report, err
	}
	defer func() { err = errors.Join(err, r.lake.Close()) }()
	for attempt := 1; ; attempt++ {
		report.Attempts = attempt
		r.report = report
		err = r.attempt(ctx)
		if err == nil || attempt == attempts || !again(ctx, err) {
			break
		}
		e.Log.Warn("the export begins anew", "attempt", attempt, "error", err)
		if err := sleep(ctx, time.Duration(attempt*attempt)*cmp.Or(e.Pause, time.Second)); err != nil {
			return report, err
		}
	}
	report, report.Took = r.report, e.Now().Sub(started)
	if err != nil {
		return report, e.explain(ctx, err)
	}
	if report.Release != "" && e.Hook != "" {
		if told := e.callHook(ctx, report); told != nil {
			report.Warnings = append(report.Warnings, *told)
		}
	}
	return report, nil
}

func (e *Exporter) step(format string, args ...any) {
	if e.Step != nil {
		e.Step(fmt.Sprintf(format, args...))
	}
}
