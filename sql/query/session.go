// Package query answers SQL about a lake: all zones and meta as schemas, read-only, from one version
// that was resolved once, also while a run publishes the next.
package query

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
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
	shown   map[string]*relation // every table and view there is, by lower-case name
	scratch string               // made by open, removed by Close
	lent    bool                 // DB is not the session's own
	lease   *zones.Lease
	setup   []string // the statements that every table stands on
	macros  script.MacroSet
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
	// DB is used, and stays open, instead of one of the session's own.
	DB *duck.DB
	// Unfenced leaves DuckDB's access to files open, for the engine's own use.
	Unfenced bool
	// Confine puts the whole process behind the kernel's fence, for good: from then on it reads the
	// lake and writes only its scratch and Writable. Where the kernel has none, nothing happens.
	Confine bool
	// Timeout ends a statement that takes longer, and MaxRows an answer that is longer; 0 is no limit.
	Timeout time.Duration
	MaxRows int64
}

// OpenCurrent makes the published version's tables queryable. Should retention take the version away
// before it is held, the one that took its place is opened.
func OpenCurrent(ctx context.Context, lake *zones.Lake, o Options) (*Session, error) {
	for {
		version, err := lake.Current()
		if err != nil {
			return nil, err
		}
		s, err := Open(ctx, lake, version, o)
		var told *zones.Error
		if errors.As(err, &told) && told.Code == "version_gone" && ctx.Err() == nil {
			continue
		}
		return s, err
	}
}

// Open makes one version's tables queryable; version is nil when nothing has been published yet.
func Open(ctx context.Context, lake *zones.Lake, version *zones.Version, o Options) (*Session, error) {
	s := &Session{Lake: lake, Version: version, timeout: o.Timeout, maxRows: o.MaxRows, shown: map[string]*relation{}}
	if err := s.open(ctx, o); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Session) open(ctx context.Context, o Options) (err error) {
	if s.Version != nil {
		if s.lease, err = s.Lake.Lease(s.Version.Run); err != nil {
			return err
		}
		if s.lease == nil {
			return &zones.Error{
				Code: "version_gone", What: "the version is being taken away: its time is over", Version: s.Version.Run,
				Where: "versions/" + s.Version.Run, Next: "ask again, or a newer one: bedrot rollback   (lists the versions)",
			}
		}
	}
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
	if s.DB, s.lent = o.DB, o.DB != nil; s.DB == nil {
		if s.DB, err = duck.Open(ctx, o.Options); err != nil {
			return err
		}
	}
	return s.prepare(ctx, o)
}

// Scratch is a folder that lives as long as the session, outside the lake.
func (s *Session) Scratch() string { return s.scratch }

// Close ends the session.
func (s *Session) Close() (err error) {
	if s.DB != nil && !s.lent {
		err = s.DB.Close()
	}
	s.lease.Close()
	return errors.Join(err, removeScratch(s.scratch))
}

// removeScratch takes the folder away by what the fence leaves this process: os.RemoveAll of a folder
// that is not empty would list its parent.
func removeScratch(dir string) error {
	entries, err := os.ReadDir(dir)
	if dir == "" || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, entry := range entries {
		err = errors.Join(err, os.RemoveAll(filepath.Join(dir, entry.Name())))
	}
	return errors.Join(err, os.Remove(dir))
}

// Tables lists the version's tables, sorted.
func (s *Session) Tables() []string { return s.tables }

func (s *Session) prepare(ctx context.Context, o Options) error {
	for _, schema := range append([]string{"archive"}, script.Schemas...) {
		s.setup = append(s.setup, "create schema if not exists "+schema)
	}
	if err := s.readMacros(o.Scripts); err != nil {
		return err
	}
	if s.Version != nil {
		s.setup = append(s.setup, "set variable run_date = date "+duck.Literal(s.Version.RunDate))
	}
	for _, statement := range s.setup {
		if err := s.DB.Exec(ctx, statement); err != nil {
			return err
		}
	}
	s.listTables()
	if err := s.listMeta(o.Scripts); err != nil {
		return err
	}
	if o.Unfenced {
		return nil
	}
	return s.fence(ctx, o.Writable)
}

// readMacros reads the macros; each is made when somebody uses it.
func (s *Session) readMacros(scripts fs.FS) error {
	names, err := fs.Glob(scripts, "shared/*.sql")
	if err != nil {
		return err
	}
	for _, name := range names {
		text, err := fs.ReadFile(scripts, name)
		if err != nil {
			return err
		}
		s.macros.All = append(s.macros.All, script.ParseMacros(string(text))...)
	}
	return nil
}

// relation is a table or view of the session, made when somebody first asks for it: a version has many
// and a question reads few.
type relation struct {
	statements func() ([]string, error)
	body       string // the SELECT of a view over other relations
	made       bool
}

func (s *Session) list(name string, statements func() ([]string, error)) {
	s.shown[strings.ToLower(name)] = &relation{statements: statements}
}

// Need makes relations that are going to be read. One that there is not is passed over: DuckDB says so
// best.
func (s *Session) Need(ctx context.Context, names ...string) error {
	for _, name := range names {
		r := s.shown[strings.ToLower(name)]
		if r == nil || r.made {
			continue
		}
		r.made = true
		if err := s.make(ctx, r); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func (s *Session) make(ctx context.Context, r *relation) error {
	if r.body != "" {
		tree, err := s.DB.Parse(ctx, r.body)
		if err != nil {
			return err
		}
		if err := s.needed(ctx, tree); err != nil {
			return err
		}
	}
	statements, err := r.statements()
	for _, statement := range statements {
		if err == nil {
			err = s.DB.Exec(ctx, statement)
		}
	}
	return err
}

// NeedAll makes every relation and macro.
func (s *Session) NeedAll(ctx context.Context) error {
	if err := s.macros.Make(ctx, s.DB); err != nil {
		return err
	}
	return s.Need(ctx, slices.Sorted(maps.Keys(s.shown))...)
}

// needed makes what a statement reads. What cannot be told from its parse tree (no tree, the catalog
// itself, a name that is not known) makes everything, so that DuckDB sees what there is.
func (s *Session) needed(ctx context.Context, tree duck.Tree) error {
	names, all := s.reads(tree)
	if all {
		return s.NeedAll(ctx)
	}
	var functions []string
	duck.Walk(tree, func(node map[string]any) {
		if name, ok := node["function_name"].(string); ok {
			functions = append(functions, name)
		}
	})
	if len(functions) > 0 {
		if err := s.macros.Make(ctx, s.DB, functions...); err != nil {
			return err
		}
	}
	return s.Need(ctx, names...)
}

// reads names the relations of a parse tree; all says that it may read any.
func (s *Session) reads(tree duck.Tree) (names []string, all bool) {
	if tree == nil {
		return nil, true
	}
	ctes := map[string]bool{}
	duck.Walk(tree, func(node map[string]any) {
		if entries, ok := node["cte_map"].(map[string]any); ok {
			list, _ := entries["map"].([]any)
			for _, entry := range list {
				if entry, ok := entry.(map[string]any); ok {
					name, _ := entry["key"].(string)
					ctes[strings.ToLower(name)] = true
				}
			}
		}
	})
	duck.Walk(tree, func(node map[string]any) {
		switch node["type"] {
		case "BASE_TABLE":
			schema, _ := node["schema_name"].(string)
			table, _ := node["table_name"].(string)
			name := strings.ToLower(schema + "." + table)
			switch {
			case schema == "" && ctes[strings.ToLower(table)]:
			case s.shown[name] == nil:
				all = true
			default:
				names = append(names, name)
			}
		case "SHOW_REF":
			all = true
		}
		if name, ok := node["function_name"].(string); ok && (strings.HasPrefix(name, "duckdb_") || strings.HasPrefix(name, "pragma_")) {
			all = true
		}
	})
	return names, all
}

// listTables names the version's tables, and what is made of them.
func (s *Session) listTables() {
	if s.Version == nil {
		return
	}
	s.tables = s.Version.Names("")
	for _, name := range s.tables {
		if strings.HasPrefix(name, "raw.") {
			s.listRaw(name)
			continue
		}
		s.list(name, func() ([]string, error) {
			manifest, err := s.Version.Table(name)
			if err != nil {
				return nil, err
			}
			files := make([]string, len(manifest.Parts))
			for i, part := range manifest.Parts {
				files[i] = filepath.Join(s.Version.Dir(), part.File)
			}
			return []string{view.Derived(name, manifest.Columns, files)}, nil
		})
	}
	for _, statement := range s.Version.Views {
		if m := viewStatement.FindStringSubmatch(statement); m != nil {
			s.listView(m[1]+"."+m[2], statement, m[3])
		}
	}
}

var viewStatement = regexp.MustCompile(`(?s)^create or replace view "([^"]+)"\."([^"]+)" as\n(.*)`)

// listView is a view over other relations.
func (s *Session) listView(name, statement, body string) {
	s.shown[strings.ToLower(name)] = &relation{body: body, statements: func() ([]string, error) { return []string{statement}, nil }}
}

// listRaw is a raw table with its history and its rejected rows.
func (s *Session) listRaw(name string) {
	raw := func() (view.RawTable, error) {
		manifest, err := s.Version.Table(name)
		if err != nil {
			return view.RawTable{}, err
		}
		return view.RawTable{
			Manifest: manifest, Columns: manifest.Columns, Partition: manifest.Partition,
			Path: func(file string) string { return s.Lake.Path(file) },
		}, nil
	}
	of := func(statements func(view.RawTable) []string) func() ([]string, error) {
		return func() ([]string, error) {
			table, err := raw()
			if err != nil {
				return nil, err
			}
			return statements(table), nil
		}
	}
	s.list(name, of(view.RawTable.Statements))
	s.list("archive."+strings.TrimPrefix(name, "raw."), of(view.RawTable.Superseded))
	s.list(name+"__history", of(func(table view.RawTable) []string {
		history, _ := table.History()
		return []string{history}
	}))
	s.list(name+"__rejected", of(func(table view.RawTable) []string {
		_, rejected := table.History()
		return []string{rejected}
	}))
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
	{Name: "env", Type: "VARCHAR"},
	{Name: "step", Type: "VARCHAR"},
	{Name: "source", Type: "VARCHAR"},
	{Name: "stream", Type: "VARCHAR"},
	{Name: "account", Type: "VARCHAR"},
	{Name: "table", Type: "VARCHAR"},
	{Name: "drop", Type: "VARCHAR"},
	{Name: "file", Type: "VARCHAR"},
	{Name: "line", Type: "BIGINT"},
	{Name: "door", Type: "VARCHAR"},
	{Name: "since", Type: "VARCHAR"},
	{Name: "until", Type: "VARCHAR"},
	{Name: "requests", Type: "BIGINT"},
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
	{Name: "id", Type: "VARCHAR"},
	{Name: "class", Type: "VARCHAR"},
	{Name: "columns", Type: "VARCHAR[]"},
	{Name: "rule", Type: "VARCHAR"},
	{Name: "endpoint", Type: "VARCHAR"},
	{Name: "attempt", Type: "BIGINT"},
	{Name: "attempts", Type: "BIGINT"},
	{Name: "expected", Type: "VARCHAR"},
	{Name: "found", Type: "VARCHAR"},
	{Name: "recovered", Type: "BOOLEAN"},
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

// listMeta names meta.journal over the journals of finished runs, the views of sql/meta on it, and
// meta.rejects over every raw table's rejected rows.
func (s *Session) listMeta(scripts fs.FS) error {
	s.list("meta.journal", func() ([]string, error) {
		journals, err := s.Lake.Journals()
		return []string{journalView(journals)}, err
	})
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
		s.listView(table, "create view "+duck.Table(table)+" as\n"+string(text), string(text))
	}
	rejects := s.rejectsView()
	s.listView("meta.rejects", "create view meta.rejects as\n"+rejects, rejects)
	return nil
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
	return strings.Join(selects, "\nunion all\n")
}
