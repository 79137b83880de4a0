// Package query answers SQL about a lake: all zones and meta as schemas, read-only, from one version
// that was resolved once, also while a run publishes the next.
package query

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"bedrot/sql/duck"
	"bedrot/sql/script"
	"bedrot/sql/view"
	"bedrot/zones"
)

// Session is an opened version of a lake.
type Session struct {
	DB      *duck.DB
	Lake    *zones.Lake
	Version *zones.Version // nil when nothing has been published yet
	tables  []string
	scratch string // made by open, removed by Close
	timeout time.Duration
	maxRows int64
}

// Options say how a session may run. Memory defaults to the lake's setting, Temp to a folder of the
// session's own in the system's temporary folder.
type Options struct {
	duck.Options
	// Scripts hold the macros and the views of meta.
	Scripts fs.FS
	// Writable is one path that -o parquet may write; everything else is fenced off.
	Writable string
	// Unfenced leaves DuckDB's access to files open, for the engine's own use.
	Unfenced bool
	// Confine puts the whole process behind the kernel's fence, for good: from then on it reads the
	// lake and writes only its scratch and Writable. Where the kernel has none, nothing happens.
	Confine bool
	// Timeout ends a statement that takes longer, and MaxRows an answer that is longer; 0 is no limit.
	Timeout time.Duration
	MaxRows int64
}

// Open makes one version's tables queryable; version is nil when nothing has been published yet.
func Open(ctx context.Context, lake *zones.Lake, version *zones.Version, o Options) (*Session, error) {
	s := &Session{Lake: lake, Version: version, timeout: o.Timeout, maxRows: o.MaxRows}
	if err := s.open(ctx, o); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Session) open(ctx context.Context, o Options) (err error) {
	if s.scratch, err = os.MkdirTemp(o.Temp, "bedrot-query-"); err != nil {
		return err
	}
	if o.Confine {
		// Before DuckDB starts its threads, which inherit the fence.
		if err := confine(s.Lake.Root, s.scratch, o.Writable); err != nil {
			return err
		}
	}
	o.Temp = s.scratch
	o.Memory = cmp.Or(o.Memory, s.Lake.Config.Memory)
	if s.DB, err = duck.Open(ctx, o.Options); err != nil {
		return err
	}
	return s.prepare(ctx, o)
}

// Scratch is a folder that lives as long as the session, outside the lake.
func (s *Session) Scratch() string { return s.scratch }

// Close ends the session.
func (s *Session) Close() (err error) {
	if s.DB != nil {
		err = s.DB.Close()
	}
	return errors.Join(err, os.RemoveAll(s.scratch))
}

// Tables lists the version's tables, sorted.
func (s *Session) Tables() []string { return s.tables }

func (s *Session) prepare(ctx context.Context, o Options) error {
	for _, schema := range script.Schemas {
		if err := s.DB.Exec(ctx, "create schema "+schema); err != nil {
			return err
		}
	}
	if err := s.macros(ctx, o.Scripts); err != nil {
		return err
	}
	if err := s.exposeTables(ctx); err != nil {
		return err
	}
	if err := s.exposeMeta(ctx, o.Scripts); err != nil {
		return err
	}
	if o.Unfenced {
		return nil
	}
	return s.fence(ctx, o.Writable)
}

func (s *Session) macros(ctx context.Context, scripts fs.FS) error {
	names, err := fs.Glob(scripts, "shared/*.sql")
	if err != nil {
		return err
	}
	for _, name := range names {
		text, err := fs.ReadFile(scripts, name)
		if err != nil {
			return err
		}
		for _, statement := range script.MacroStatements(string(text)) {
			if err := s.DB.Exec(ctx, statement); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Session) exposeTables(ctx context.Context) error {
	if s.Version == nil {
		return nil
	}
	for name := range s.Version.Tables {
		s.tables = append(s.tables, name)
	}
	slices.Sort(s.tables)
	for _, name := range s.tables {
		manifest, err := s.Version.Table(name)
		if err != nil {
			return err
		}
		if err := s.exposeTable(ctx, manifest); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	for _, statement := range s.Version.Views {
		if err := s.DB.Exec(ctx, statement); err != nil {
			return err
		}
	}
	return s.DB.Exec(ctx, "set variable run_date = date "+duck.Literal(s.Version.RunDate))
}

func (s *Session) exposeTable(ctx context.Context, manifest *zones.Table) error {
	if !strings.HasPrefix(manifest.Name, "raw.") {
		files := make([]string, len(manifest.Parts))
		for i, part := range manifest.Parts {
			files[i] = filepath.Join(s.Version.Dir(), part.File)
		}
		return s.DB.Exec(ctx, view.Derived(manifest.Name, manifest.Columns, files))
	}
	raw := view.RawTable{
		Manifest: manifest, Columns: manifest.Columns, Partition: manifest.Partition,
		Path: func(file string) string { return s.Lake.Path(file) },
	}
	history, rejected := raw.History()
	for _, statement := range append(raw.Statements(), history, rejected) {
		if err := s.DB.Exec(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// journalColumns are the fields of zones.Event as DuckDB reads them.
var journalColumns = []zones.Column{
	{Name: "kind", Type: "VARCHAR"},
	{Name: "run", Type: "VARCHAR"},
	{Name: "at", Type: "TIMESTAMP"},
	{Name: "command", Type: "VARCHAR"},
	{Name: "status", Type: "VARCHAR"},
	{Name: "exit", Type: "BIGINT"},
	{Name: "version", Type: "VARCHAR"},
	{Name: "run_date", Type: "VARCHAR"},
	{Name: "step", Type: "VARCHAR"},
	{Name: "source", Type: "VARCHAR"},
	{Name: "stream", Type: "VARCHAR"},
	{Name: "account", Type: "VARCHAR"},
	{Name: "table", Type: "VARCHAR"},
	{Name: "drop", Type: "VARCHAR"},
	{Name: "file", Type: "VARCHAR"},
	{Name: "line", Type: "BIGINT"},
	{Name: "started_at", Type: "TIMESTAMP"},
	{Name: "duration_ms", Type: "BIGINT"},
	{Name: "rows_in", Type: "BIGINT"},
	{Name: "rows_out", Type: "BIGINT"},
	{Name: "bytes_in", Type: "BIGINT"},
	{Name: "bytes_out", Type: "BIGINT"},
	{Name: "rejects", Type: "BIGINT"},
	{Name: "records", Type: "BIGINT"},
	{Name: "accepted", Type: "BIGINT"},
	{Name: "winning", Type: "BIGINT"},
	{Name: "superseded", Type: "BIGINT"},
	{Name: "unchanged", Type: "BIGINT"},
	{Name: "held", Type: "BIGINT"},
	{Name: "money_in", Type: "VARCHAR"},
	{Name: "money_accepted", Type: "VARCHAR"},
	{Name: "money_rejected", Type: "VARCHAR"},
	{Name: "check", Type: "VARCHAR"},
	{Name: "severity", Type: "VARCHAR"},
	{Name: "value", Type: "VARCHAR"},
	{Name: "limit", Type: "VARCHAR"},
	{Name: "code", Type: "VARCHAR"},
	{Name: "message", Type: "VARCHAR"},
	{Name: "next", Type: "VARCHAR"},
	{Name: "partitions_built", Type: "BIGINT"},
	{Name: "partitions_kept", Type: "BIGINT"},
	{Name: "why", Type: "VARCHAR"},
	{Name: "peak_memory_bytes", Type: "BIGINT"},
	{Name: "spill_bytes", Type: "BIGINT"},
	{Name: "zone", Type: "VARCHAR"},
	{Name: "files", Type: "BIGINT"},
	{Name: "bytes", Type: "BIGINT"},
	{Name: "free_disk_bytes", Type: "BIGINT"},
}

// exposeMeta makes meta.journal over the journals of finished runs, the views of sql/meta on it, and
// meta.rejects over every raw table's rejected rows.
func (s *Session) exposeMeta(ctx context.Context, scripts fs.FS) error {
	journals, err := s.Lake.Journals()
	if err != nil {
		return err
	}
	if err := s.DB.Exec(ctx, journalView(journals)); err != nil {
		return err
	}
	names, err := fs.Glob(scripts, "meta/*.sql")
	if err != nil {
		return err
	}
	for _, name := range names {
		text, err := fs.ReadFile(scripts, name)
		if err != nil {
			return err
		}
		table := "meta." + strings.TrimSuffix(path.Base(name), ".sql")
		if err := s.DB.Exec(ctx, "create view "+duck.Table(table)+" as\n"+string(text)); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return s.DB.Exec(ctx, s.rejectsView())
}

func journalView(journals []string) string {
	renamed := map[string]string{"table": "table_name", "drop": "drop_id", "at": "logged_at"}
	var fields, selects, empty []string
	for _, column := range journalColumns {
		fields = append(fields, duck.Literal(column.Name)+": "+duck.Literal(column.Type))
		name := column.Name
		if other, ok := renamed[name]; ok {
			name = other
		}
		selects = append(selects, duck.Ident(column.Name)+" as "+duck.Ident(name))
		empty = append(empty, "null::"+column.Type+" as "+duck.Ident(name))
	}
	if len(journals) == 0 {
		return "create view meta.journal as select " + strings.Join(empty, ", ") + " where false"
	}
	return "create view meta.journal as select " + strings.Join(selects, ", ") + " from read_json(" + duck.List(journals) +
		", format = 'newline_delimited', columns = {" + strings.Join(fields, ", ") + "})"
}

func (s *Session) rejectsView() string {
	var selects []string
	for _, name := range s.tables {
		if strings.HasPrefix(name, "raw.") {
			selects = append(selects, "select "+duck.Literal(name)+" as table_name, account, _drop as drop_id, _file as file, _row as record, reject_reason as reason from "+duck.Table(name+"__rejected"))
		}
	}
	if len(selects) == 0 {
		selects = []string{"select null::varchar as table_name, null::varchar as account, null::varchar as drop_id, null::varchar as file, null::bigint as record, null::varchar as reason where false"}
	}
	return "create view meta.rejects as\n" + strings.Join(selects, "\nunion all\n")
}
