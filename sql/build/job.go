package build

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"bedrot/sql/duck"
	"bedrot/sql/script"
	"bedrot/zones"
)

// Job is one run over a lake: it holds the lock, keeps the journal, and builds.
type Job struct {
	Lake    *zones.Lake
	Catalog func(context.Context) (*script.Catalog, error) // asked for once the lake is held
	Command string
	Options Options
	Memory  string // wins over lake.toml
	Threads int
	// SkipBuild only lands what arrives.
	SkipBuild bool
	Log       *slog.Logger
	Now       func() time.Time
	Progress  func(step string)
	// Deliver, when set, hands what is published on once it is, as far as that goes: what it finds never
	// takes the publication back.
	Deliver func(ctx context.Context, journal *zones.Journal) []Finding
	// Statements is told every statement DuckDB ran and how long it took; nil tells the log.
	Statements func(statement string, took time.Duration)
}

// Arrive lands what waits for a run, before anything is built, and journals it. What could not be landed
// is returned as findings.
type Arrive func(ctx context.Context, w *zones.Writer, journal *zones.Journal) ([]Finding, error)

// Report tells how a run went.
type Report struct {
	Run    string `json:"run"`
	Status string `json:"status,omitempty"` // done, partly, login, blocked, failed or interrupted
	// Fetched is what became of each thing that was to be fetched, one event each.
	Fetched []zones.Event `json:"fetched,omitempty"`
	Result  Result        `json:"result"`
	Swept   []string      `json:"swept,omitempty"`
	Kept    []zones.Act   `json:"retention,omitempty"` // what retention did
	Took    time.Duration `json:"took_ns"`
	// LandedOnly says that nothing was to be built.
	LandedOnly bool `json:"landed_only,omitempty"`
}

// Exit codes of a run.
const (
	ExitDone, ExitFailed, ExitUsage, ExitPartly, ExitBlocked, ExitLocked, ExitLogin = 0, 1, 2, 3, 4, 5, 6
	ExitInterrupted                                                                 = 130
)

// ExitCode is the run's status for the shell.
func (r Report) ExitCode() int {
	switch r.Status {
	case "done":
		return ExitDone
	case "partly":
		return ExitPartly
	case "blocked":
		return ExitBlocked
	case "login":
		return ExitLogin
	case "interrupted":
		return ExitInterrupted
	}
	return ExitFailed
}

// Run takes the lock, lets what waits arrive, in order, and builds, for today where the options name no date.
// An error means nothing was published.
func (j Job) Run(ctx context.Context, arrivals ...Arrive) (report Report, err error) {
	started := j.Now()
	if j.Options.RunDate, err = runDate(j.Options.RunDate, started); err != nil {
		return report, err
	}
	w, err := j.Lake.Lock(j.Command, started)
	if err != nil {
		return report, err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	report.Swept, report.LandedOnly = w.Swept, j.SkipBuild
	if report.Run, err = w.NewRunID(started); err != nil {
		return report, err
	}
	journal, err := w.Journal(report.Run, j.Now)
	if err != nil {
		return report, err
	}
	journal.Add(zones.Event{Kind: "run", Command: j.Command, RunDate: j.Options.RunDate, Env: j.Lake.Env})
	spill := watchSpill(w.Scratch.Dir, 500*time.Millisecond)
	report.Result, err = j.work(ctx, w, journal, arrivals)
	if j.Deliver != nil && err == nil && ctx.Err() == nil && !j.Options.DryRun {
		report.Result.Findings = append(report.Result.Findings, journaled(journal, j.Deliver(ctx, journal))...)
	}
	if status := statusOf(ctx, report.Result, err); (status == "done" || status == "partly" || status == "login") && !j.Options.DryRun && !j.SkipBuild {
		j.retain(ctx, w, journal, &report)
	}
	spilled := spill.stop()
	report.Took = j.Now().Sub(started)
	report.Status = statusOf(ctx, report.Result, err)
	exit := report.ExitCode()
	end := zones.Event{
		Kind: "run", Status: report.Status, Exit: &exit, Version: report.Result.Version, DurationMS: report.Took.Milliseconds(),
		PeakMemory: peakMemory(), Spill: spilled, FreeDisk: zones.FreeDisk(j.Lake.Root),
	}
	if err != nil {
		end.Message = err.Error()
		journal.AddError(zones.AsError(ctx, err))
	}
	if j.Options.DryRun {
		return report, errors.Join(err, journal.Discard())
	}
	j.storage(journal)
	journal.Add(end)
	return report, errors.Join(err, journal.Close())
}

// retain packs and lets go what is old enough. Should it fail, the run was good all the same.
func (j Job) retain(ctx context.Context, w *zones.Writer, journal *zones.Journal, report *Report) {
	acts, err := w.Plan(j.Lake.Config.Retention, j.Now())
	if err == nil {
		start := j.Now()
		report.Kept, err = w.Apply(ctx, acts)
		for _, act := range report.Kept {
			journal.Add(zones.Event{
				Kind: "step", Step: "retention", Status: act.Kind, File: act.Path, Why: act.Why, Message: act.Left,
				StartedAt: &start, BytesIn: &act.Bytes,
			})
		}
	}
	if err != nil {
		failed := zones.AsError(ctx, err)
		failed.Step = "retention"
		report.Result.Findings = append(report.Result.Findings, Finding{Error: journal.AddError(failed)})
	}
}

func statusOf(ctx context.Context, result Result, err error) string {
	kept := len(result.Held) > 0 || len(result.Stale) > 0
	blocks, login := false, false
	for _, finding := range result.Findings {
		blocks = blocks || finding.Blocks
		needed := finding.Code == "login_needed"
		login = login || needed && finding.Severity == "error"
		kept = kept || finding.Severity == "error" && !needed
	}
	switch {
	case ctx.Err() != nil:
		return "interrupted"
	case err != nil:
		return "failed"
	case blocks && result.changed() == 0:
		return "blocked"
	case blocks || kept:
		return "partly"
	case login:
		return "login"
	}
	return "done"
}

func (j Job) work(ctx context.Context, w *zones.Writer, journal *zones.Journal, arrive []Arrive) (Result, error) {
	var arrivals []Finding
	for _, land := range arrive {
		found, err := land(ctx, w, journal)
		arrivals = append(arrivals, found...)
		if err != nil {
			return Result{Findings: arrivals}, err
		}
	}
	if j.SkipBuild {
		return Result{Findings: journaled(journal, arrivals), DryRun: j.Options.DryRun}, nil
	}
	pin, err := w.Pinned()
	if err != nil {
		return Result{Findings: arrivals}, err
	}
	if pin != nil {
		pinned := Finding{Blocks: true, Error: zones.Error{
			Code: "pinned", Version: pin.Version, Where: "version " + pin.Version, Next: "bedrot rollback --release",
			What: "somebody rolled back to this version on " + pin.At.Format(time.DateOnly) + ": what arrives is landed, nothing is published",
		}}
		return Result{Findings: journaled(journal, append(arrivals, pinned))}, nil
	}
	catalog, err := j.Catalog(ctx)
	if err != nil {
		return Result{Findings: arrivals}, err
	}
	memory, threads := j.Memory, j.Threads
	if memory == "" {
		memory = j.Lake.Config.Memory
	}
	if threads == 0 {
		threads = j.Lake.Config.Threads
	}
	if j.Statements == nil {
		j.Statements = func(statement string, took time.Duration) {
			j.Log.Debug("statement", "sql", statement, "took", took)
		}
	}
	db, err := duck.Open(ctx, duck.Options{
		Memory: memory, Threads: threads, Spill: j.Lake.Config.Spill, Temp: w.Scratch.Dir, Log: j.Statements,
	})
	if err != nil {
		return Result{Findings: arrivals}, err
	}
	b := &Builder{Lake: w, Catalog: catalog, DB: db, Journal: journal, Log: j.Log, Now: j.Now, Progress: j.Progress}
	result, err := b.Build(ctx, j.Options)
	result.Findings = append(journaled(journal, arrivals), result.Findings...)
	return result, errors.Join(err, db.Close())
}

func journaled(journal *zones.Journal, findings []Finding) []Finding {
	for i := range findings {
		findings[i].Error = journal.AddError(&findings[i].Error)
	}
	return findings
}

// storage journals how much each zone holds, from the manifests alone.
func (j Job) storage(journal *zones.Journal) {
	version, err := j.Lake.Current()
	if err != nil || version == nil {
		return
	}
	sizes, err := version.Storage()
	if err != nil {
		j.Log.Warn("sizes are not known", "error", err)
		return
	}
	free := zones.FreeDisk(j.Lake.Root)
	for _, size := range sizes {
		journal.Add(zones.Event{Kind: "storage", Zone: size.Zone, Files: &size.Files, Bytes: &size.Bytes, FreeDisk: free})
	}
}

// changed counts the tables whose rows are others than before.
func (r Result) changed() int {
	n := 0
	for _, table := range r.Tables {
		if table.Changed {
			n++
		}
	}
	return n
}

// String is the report in a line.
func (r Report) String() string {
	built, kept, changed := 0, 0, r.Result.changed()
	for _, table := range r.Result.Tables {
		built, kept = built+table.Built, kept+table.Kept
	}
	if r.LandedOnly && r.Result.DryRun {
		return "dry run, nothing was changed"
	}
	if r.LandedOnly {
		return fmt.Sprintf("landed what there is, built nothing (%s); next: bedrot build", r.Took.Round(time.Millisecond))
	}
	if r.Result.DryRun {
		return fmt.Sprintf("dry run, nothing was changed: %d tables would change, %d partitions be written, %d kept (%s)",
			changed, built, kept, r.Took.Round(time.Millisecond))
	}
	if changed == 0 {
		return fmt.Sprintf("nothing changed: %d tables stay as they are (%s)", len(r.Result.Tables), r.Took.Round(time.Millisecond))
	}
	return fmt.Sprintf("published %s: %d tables changed, %d partitions written, %d kept (%s)",
		r.Result.Version, changed, built, kept, r.Took.Round(time.Millisecond))
}
