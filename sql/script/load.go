package script

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"bedrot/sql/duck"
	"bedrot/sql/read"
)

// Folder is a tree of scripts: one folder per source, beside feeds/, curated/ and shared/.
type Folder struct {
	FS fs.FS
	// Texts are scripts that are made, by their path in the tree; they stand in for FS.
	Texts map[string]string
	// Problems were found where the scripts come from.
	Problems Problems
	// Origin is "" for the scripts in the binary; elsewhere it is how people know the folder.
	Origin string
}

// Catalog is every script, checked and in the order in which to build.
type Catalog struct {
	Scripts []*Script // tables and feeds, inputs before readers
	Checks  []*Script
	Macros  []*Script
	// Findings are faults that disable a script of LAKE/sql and what reads it.
	Findings Problems
	byTable  map[string]*Script
	barren   *sync.Map
}

// SetBarren remembers that a script made no rows out of inputs of some contents. Scripts are pure, so
// whoever builds with this catalog again need not ask again.
func (c *Catalog) SetBarren(s *Script, contents string) { c.barren.Store(s.barrenKey(contents), true) }

// Barren reports what SetBarren was told.
func (c *Catalog) Barren(s *Script, contents string) bool {
	_, known := c.barren.Load(s.barrenKey(contents))
	return known
}

func (s *Script) barrenKey(contents string) string { return s.Table + " " + s.Hash + " " + contents }

// For is the part of the catalog that makes some tables: their scripts, those of everything they stand
// on, and the checks over these. What given tables stand on is none of it. Names that no script makes are
// ignored.
func (c *Catalog) For(tables []string, given ...string) *Catalog {
	part := &Catalog{Macros: c.Macros, Findings: c.Findings, byTable: map[string]*Script{}, barren: c.barren}
	var need func(table string)
	need = func(table string) {
		s := c.byTable[BaseTable(table)]
		if s == nil || part.byTable[s.Table] != nil {
			return
		}
		part.byTable[s.Table] = s
		if slices.Contains(given, s.Table) {
			return
		}
		for _, input := range s.Inputs {
			need(input)
		}
	}
	for _, table := range tables {
		need(table)
	}
	lacks := func(table string) bool { return part.byTable[BaseTable(table)] == nil }
	part.Scripts = slices.DeleteFunc(slices.Clone(c.Scripts), func(s *Script) bool { return lacks(s.Table) })
	part.Checks = slices.DeleteFunc(slices.Clone(c.Checks), func(s *Script) bool { return slices.ContainsFunc(s.Inputs, lacks) })
	return part
}

// Script returns the script of a table or feed, or nil.
func (c *Catalog) Script(table string) *Script { return c.byTable[table] }

// Raw returns the raw script of a stream, or nil.
func (c *Catalog) Raw(source, stream string) *Script {
	return c.byTable["raw."+source+"__"+stream]
}

// Gives says which columns a stream has, and by how many days its newest data is usually behind: -1 where
// nobody judges that.
func (c *Catalog) Gives(source, stream string) (columns []string, fresh int) {
	made := c.Raw(source, stream)
	if made == nil {
		return nil, -1
	}
	for _, column := range made.Columns {
		columns = append(columns, column.Name)
	}
	return columns, made.Header.Fresh
}

// Raws are the raw scripts.
func (c *Catalog) Raws() []*Script {
	var raws []*Script
	for _, s := range c.Scripts {
		if s.Kind == Raw && s.Disabled == nil {
			raws = append(raws, s)
		}
	}
	return raws
}

// Load reads, checks and orders all scripts. Every fault of the embedded scripts is returned at once,
// as Problems; a fault in another folder disables its script and is kept in Findings.
func Load(ctx context.Context, folders ...Folder) (*Catalog, error) {
	return Loader{}.Load(ctx, folders...)
}

// Loader loads scripts as its fields say.
type Loader struct {
	// Linked also finds the Links of some tables and of all they stand on, which takes a plan for each
	// column: for who traces rows.
	Linked []string
	// Cache remembers plans; nil plans every time.
	Cache *Cache
}

// Load is the function Load, as the fields say.
func (o Loader) Load(ctx context.Context, folders ...Folder) (*Catalog, error) {
	l := &loader{
		Catalog: &Catalog{byTable: map[string]*Script{}, barren: &sync.Map{}}, tracing: o.Linked, linked: map[string]bool{},
		memory: o.Cache.open(), made: map[string]bool{},
	}
	if o.Cache != nil {
		l.program = o.Cache.Program
	}
	defer l.close()
	for _, folder := range folders {
		if err := l.readFolder(folder); err != nil {
			return nil, err
		}
	}
	if err := l.plan(ctx); err != nil {
		return nil, err
	}
	if len(l.problems) > 0 {
		return nil, l.problems
	}
	o.Cache.save(l.memory)
	return l.Catalog, nil
}

type loader struct {
	*Catalog
	db       *duck.DB        // empty; only for parsing, typing and planning; opened when it is needed
	tracing  []string        // the tables whose rows are traced
	linked   map[string]bool // and all they stand on
	all      []*Script
	problems Problems
	memory   *memory
	program  string
	macros   string          // the hash of all
	made     map[string]bool // the tables that the planning database has
}

// open makes the planning database.
func (l *loader) open(ctx context.Context) (err error) {
	if l.db != nil {
		return nil
	}
	if l.db, err = duck.Open(ctx, duck.Options{Threads: 1, Memory: "512MB"}); err != nil {
		return err
	}
	for _, schema := range Schemas {
		if err := l.db.Exec(ctx, "create schema "+schema); err != nil {
			return err
		}
	}
	for _, m := range l.Macros {
		if err := l.installMacros(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

func (l *loader) close() {
	if l.db != nil {
		_ = l.db.Close()
	}
}

// fault notes a problem: fatal for embedded scripts, disabling for others.
func (l *loader) fault(s *Script, line int, format string, args ...any) {
	problem := Problem{Path: s.Path, Line: line, Text: fmt.Sprintf(format, args...)}
	if s.Origin == "" {
		l.problems = append(l.problems, problem)
	} else {
		l.Findings = append(l.Findings, problem)
	}
	if s.Disabled == nil {
		s.Disabled = Problems{problem}
	}
}

func (l *loader) readFolder(folder Folder) error {
	if folder.Origin == "" {
		l.problems = append(l.problems, folder.Problems...)
	} else {
		l.Findings = append(l.Findings, folder.Problems...)
	}
	for _, name := range slices.Sorted(maps.Keys(folder.Texts)) {
		l.readScript(folder, name, path.Join(folder.Origin, "sql", name), folder.Texts[name])
	}
	if folder.FS == nil {
		return nil
	}
	names, err := fs.Glob(folder.FS, "*/*.sql")
	if err != nil {
		return err
	}
	slices.Sort(names)
	for _, name := range names {
		if path.Dir(name) == "meta" { // views over the journal, no part of the flow
			continue
		}
		data, err := fs.ReadFile(folder.FS, name)
		if err != nil {
			return err
		}
		shown := path.Join("sql", name)
		if folder.Origin != "" {
			shown = path.Join(folder.Origin, name)
		}
		l.readScript(folder, name, shown, strings.ReplaceAll(string(data), "\r\n", "\n"))
	}
	return nil
}

func (l *loader) readScript(folder Folder, name, shown, text string) {
	s, err := newScript(path.Dir(name), path.Base(name))
	if err != nil {
		l.fault(&Script{Path: shown, Origin: folder.Origin}, 0, "%v", err)
		return
	}
	s.Path, s.Origin, s.SQL = shown, folder.Origin, text
	if s.Kind == Macros {
		l.Macros = append(l.Macros, s)
		return
	}
	var faults []headerError
	s.Header, faults = parseHeader(text, s.Kind)
	for _, f := range faults {
		l.fault(s, f.line, "%s", f.text)
	}
	if s.Kind != CheckScript {
		if other := l.byTable[s.Table]; other != nil {
			l.fault(s, 0, "makes %s, and so does %s: scripts add tables, they never replace one", s.Table, other.Path)
			return
		}
		l.byTable[s.Table] = s
	}
	l.all = append(l.all, s)
	for _, f := range s.headerFaults() {
		l.fault(s, 1, "%s", f)
	}
}

// headerFaults are rules about what a header must hold together.
func (s *Script) headerFaults() []string {
	var faults []string
	h := s.Header
	switch s.Kind {
	case Raw:
		if h.Format == "" {
			faults = append(faults, "format: is missing (csv, json or html)")
		}
		if h.Format == "csv" && len(h.Columns) == 0 {
			faults = append(faults, "columns: is missing")
		}
		if h.Format != "csv" && h.Format != "" && h.Records == "" {
			faults = append(faults, "records: is missing")
		}
		if len(h.Partition) == 0 {
			faults = append(faults, "partition: is missing")
		}
		if h.Format == "csv" && h.Records != "" && read.BlockTitle(h.Records) == "" {
			faults = append(faults, "records: of csv is {title}[], for tables one below the other")
		}
		if h.Preamble != nil && h.Format != "csv" {
			faults = append(faults, "preamble: only tables have lines above a header")
		}
		if len(s.HeaderLabels()) > 0 && h.Format != "csv" {
			faults = append(faults, "columns: only the headers of tables say something by a pattern")
		}
		if h.Pages != "" && !slices.Contains(h.Partition, h.Pages) {
			faults = append(faults, "pages: "+h.Pages+" is not in partition")
		}
		if h.Captured != "" && h.Format != "json" {
			faults = append(faults, "captured: only JSON has paths; a file's name says it with (?P<"+CaptureGroup+">…)")
		}
		if h.Empty && h.Format != "csv" {
			faults = append(faults, "empty: only tables have a header without rows")
		}
		named := func(c read.Column) bool { return c.Names[0] == h.Last }
		if h.Last != "" && (h.Format != "csv" || !slices.ContainsFunc(h.Columns, named)) {
			faults = append(faults, fmt.Sprintf("last: %q is not among columns:", h.Last))
		}
	case Staging, Curated:
		if h.Key == nil && !h.KeyNone {
			faults = append(faults, "key: is missing; a table without one says key: none")
		}
	}
	return faults
}

// hashAll gives every script the hash of all that decides its rows apart from its inputs: the
// statement, the header's fields but for descriptions, and the macros.
func (l *loader) hashAll() {
	macros := sha256.New()
	for _, m := range l.Macros {
		macros.Write([]byte(meaning(m.SQL)))
	}
	base := macros.Sum(nil)
	l.macros = hex.EncodeToString(base)
	for _, s := range l.all {
		hash := sha256.New()
		hash.Write(base)
		hash.Write([]byte(meaning(s.SQL)))
		s.Hash = hex.EncodeToString(hash.Sum(nil)[:8])
	}
}

// meaning is a script without the comments that only people read.
func meaning(text string) string {
	var kept []string
	inHeader := true
	for _, line := range strings.Split(text, "\n") {
		comment, isComment := strings.CutPrefix(strings.TrimSpace(line), "--")
		if isComment && comment == "" || !isComment {
			inHeader = false
		}
		isField := inHeader && (continuation.MatchString(comment) || fieldPattern.MatchString(strings.TrimSpace(comment)))
		if !isComment || isField && !strings.HasPrefix(strings.TrimSpace(comment), "column ") {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\n")
}
