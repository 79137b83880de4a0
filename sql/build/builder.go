// Package build turns landed drops into the lake's tables: it derives raw files, folds them into
// winners, builds what changed of every table on a draft version, checks the draft, and publishes it.
package build

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"

	"bedrot/sql/duck"
	"bedrot/sql/read"
	"bedrot/sql/script"
	"bedrot/zones"
)

// Builder builds one lake. All fields are required but Progress and Limits.
type Builder struct {
	Lake    *zones.Writer
	Catalog *script.Catalog
	DB      *duck.DB
	Journal *zones.Journal
	Log     *slog.Logger
	Now     func() time.Time
	Limits  read.Limits
	// Progress is told what is being worked on, for a terminal.
	Progress func(step string)
	few      int64 // up to how many rows read they are kept in a table; 0 is fewRows, tests ask for fewer
}

// Options choose how to build.
type Options struct {
	// Full builds every table whole and ignores what is there.
	Full bool
	// RunDate is what scripts see as getvariable('run_date'), YYYY-MM-DD.
	RunDate string
	// Select chooses whose new drops are taken; those of others wait for another run. A raw script that
	// has changed takes all of them.
	Select zones.Selection
	// DryRun builds the draft, tells what it holds, and throws it away.
	DryRun bool
}

// Result tells what a build did.
type Result struct {
	Version  string            `json:"version,omitempty"` // the version published, "" when nothing changed
	Tables   []TableResult     `json:"tables,omitempty"`
	Drops    []DropResult      `json:"drops,omitempty"`
	Findings []Finding         `json:"findings,omitempty"`
	Held     []DropResult      `json:"held,omitempty"` // drops that wait for a person, older ones too
	Stale    map[string]string `json:"stale,omitempty"`
	DryRun   bool              `json:"dry_run,omitempty"`
}

// TableResult is one table's part in a build.
type TableResult struct {
	Table   string `json:"table,omitempty"`
	Built   int    `json:"built"`
	Kept    int    `json:"kept"`
	Rows    int64  `json:"rows"`
	Changed bool   `json:"changed"`
	Why     string `json:"why,omitempty"`
	Stale   string `json:"stale,omitempty"`
	// Partitions are the keys of those built.
	Partitions []string `json:"partitions,omitempty"`
}

// Finding is something a person should know; Blocks says that it kept something from being published.
type Finding struct {
	zones.Error
	Blocks bool `json:"blocks"`
}

// state is a table while a build runs.
type state struct {
	script   *script.Script
	manifest *zones.Table // as it enters the draft; nil when there is nothing to publish
	previous *zones.Table // in the published version
	fresh    map[string]bool
	stale    string
	why      string // it was built
	flawless bool   // no row and no key that was built fails a check of the header
}

type run struct {
	*Builder
	opts     Options
	engine   string
	draft    *zones.Draft
	previous *zones.Version
	states   map[string]*state
	shown    map[string]string // views made so far, and what they are narrowed to
	macros   *script.MacroSet
	ripe     map[string][]*script.Script // which checks run after which table
	result   Result
}

// Build brings every table up to date with what has landed. An error means that nothing was
// published; what was kept back because of bad data is told in the Result.
func (b *Builder) Build(ctx context.Context, opts Options) (Result, error) {
	r := &run{
		Builder: b, opts: opts, states: map[string]*state{}, shown: map[string]string{}, macros: b.Catalog.AllMacros(),
		ripe: ripening(b.Catalog), result: Result{Stale: map[string]string{}, DryRun: opts.DryRun},
	}
	if err := r.open(ctx); err != nil {
		return r.result, err
	}
	for _, s := range b.Catalog.Scripts {
		if err := r.table(ctx, s); err != nil {
			return r.result, errors.Join(err, r.draft.Discard())
		}
	}
	if err := r.disabled(); err != nil {
		return r.result, errors.Join(err, r.draft.Discard())
	}
	return r.result, r.publish(ctx)
}

func (r *run) open(ctx context.Context) (err error) {
	if err := r.DB.One(ctx, "select version()", &r.engine); err != nil {
		return err
	}
	if r.previous, err = r.Lake.Current(); err != nil {
		return err
	}
	if r.draft, err = r.Lake.NewDraft(r.Journal.Run(), r.opts.RunDate, r.engine, r.Now()); err != nil {
		return err
	}
	r.draft.Whole = r.opts.Full
	return Prepare(ctx, r.DB, r.opts.RunDate)
}

// Prepare makes what every session needs: schemas and the run's date.
func Prepare(ctx context.Context, db *duck.DB, runDate string) error {
	for _, schema := range script.Schemas {
		if err := db.Exec(ctx, "create schema if not exists "+schema); err != nil {
			return err
		}
	}
	return db.Exec(ctx, "set variable run_date = date "+duck.Literal(runDate))
}

func (r *run) table(ctx context.Context, s *script.Script) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("stopped: %w", err)
	}
	if s.Disabled != nil {
		return nil
	}
	previous, err := r.published(s.Table)
	if err != nil {
		return err
	}
	st := &state{script: s, previous: previous, fresh: map[string]bool{}}
	r.states[s.Table] = st
	r.progress(s.Table)
	start := r.Now()
	switch s.Kind {
	case script.Feed:
		r.draft.Views = append(r.draft.Views, r.Catalog.FeedView(s))
		return nil
	case script.Raw:
		err = r.rawTable(ctx, st)
	default:
		err = r.derivedTable(ctx, st)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", s.Path, err)
	}
	if err := r.checkScripts(ctx, st); err != nil {
		return err
	}
	return r.put(st, start)
}

// published is a table's manifest in the published version. A whole build does without one that is
// damaged.
func (r *run) published(table string) (*zones.Table, error) {
	previous, err := r.previous.Table(table)
	var told *zones.Error
	if r.opts.Full && errors.As(err, &told) && told.Code == "manifest_damaged" {
		r.Log.Warn("built without its damaged manifest", "table", table)
		return nil, nil
	}
	return previous, err
}

// put enters a table into the draft and the journal.
func (r *run) put(st *state, start time.Time) error {
	if st.manifest == nil {
		if st.stale != "" {
			r.result.Stale[st.script.Table] = st.stale
		}
		return nil
	}
	st.manifest.Stale = st.stale
	if st.stale != "" {
		r.result.Stale[st.script.Table] = st.stale
	}
	if err := r.draft.PutTable(st.manifest); err != nil {
		return err
	}
	ref := r.draft.Tables[st.script.Table]
	built := len(st.fresh)
	result := TableResult{
		Table: st.script.Table, Built: built, Kept: len(st.manifest.Parts) - built, Rows: ref.Rows,
		Changed: st.previous == nil || st.previous.Content != st.manifest.Content, Stale: st.stale, Why: st.why,
	}
	for _, part := range st.manifest.Parts {
		if st.fresh[part.File] {
			result.Partitions = append(result.Partitions, part.Key)
		}
	}
	r.result.Tables = append(r.result.Tables, result)
	builtCount, kept := int64(result.Built), int64(result.Kept)
	r.Journal.Add(zones.Event{
		Kind: "table", Table: st.script.Table, StartedAt: &start, DurationMS: r.Now().Sub(start).Milliseconds(),
		RowsOut: &ref.Rows, BytesOut: &ref.Bytes, PartitionsBuilt: &builtCount, PartitionsKept: &kept, Status: "",
		Message: st.stale,
	})
	return nil
}

// disabled carries over the tables of scripts that are broken or gone: what was published stays
// until its script says otherwise. A script that was taken away takes its table with it.
func (r *run) disabled() error {
	for _, s := range r.Catalog.Scripts {
		if s.Disabled == nil || s.Kind == script.Feed {
			continue
		}
		previous, err := r.previous.Table(s.Table)
		if err != nil {
			return err
		}
		why := "its script is broken"
		var own script.Problems
		if !errors.As(s.Disabled, &own) || own[0].Path != s.Path {
			why = "it reads a table whose script is broken"
		}
		st := &state{script: s, previous: previous, manifest: previous, fresh: map[string]bool{}, stale: why}
		if err := r.put(st, r.Now()); err != nil {
			return err
		}
	}
	for _, problem := range r.Catalog.Findings {
		where := problem.Path
		if problem.Line > 0 {
			where += fmt.Sprintf(":%d", problem.Line)
		}
		r.find(Finding{Error: zones.Error{Code: "script_broken", Where: where, What: problem.Text, Next: "correct the script, then: bedrot run"}})
	}
	return nil
}

func (r *run) find(f Finding) {
	f.Error = r.Journal.AddError(&f.Error)
	r.result.Findings = append(r.result.Findings, f)
}

func (r *run) progress(step string) {
	if r.Progress != nil {
		r.Progress(step)
	}
}

func (r *run) publish(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return errors.Join(fmt.Errorf("stopped: %w", err), r.draft.Discard())
	}
	if !r.draft.Changed() || r.opts.DryRun {
		return r.draft.Discard()
	}
	r.progress("publish")
	if err := r.draft.Publish(); err != nil {
		return err
	}
	r.result.Version = r.draft.Run
	return nil
}

// scratch is a new path in this process's scratch folder.
func (r *run) scratch(name string) string {
	return filepath.Join(r.Lake.Scratch.Dir, name)
}
