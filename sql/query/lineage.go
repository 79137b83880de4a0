package query

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"bedrot/sql/build"
	"bedrot/sql/duck"
	"bedrot/sql/read"
	"bedrot/sql/script"
	"bedrot/zones"
)

// Lineage traces rows of a table back through the scripts to the lines they come from.
type Lineage struct {
	Table string        `json:"table"`
	Steps []LineageStep `json:"steps"`
	Lines []SourceLine  `json:"lines"`
	// More lines than Limit were found.
	More int64 `json:"more"`
}

// LineageStep is one table on the way.
type LineageStep struct {
	Table  string `json:"table"`
	Script string `json:"script"`
	Depth  int    `json:"depth"`
	Reader string `json:"reader,omitempty"` // the table on the way that reads it
	Rows   int64  `json:"rows"`
	// Matched are the columns by which its rows were found; empty means all rows count.
	Matched []string `json:"matched,omitempty"`
}

// SourceLine is a line of a landed file.
type SourceLine struct {
	Table   string `json:"table"`
	Drop    string `json:"drop"`
	Account string `json:"account"`
	File    string `json:"file"`
	Line    int64  `json:"line"`
	Record  int64  `json:"record"`
	Text    string `json:"text"`
}

// LineageOptions choose the rows and how many lines to print.
type LineageOptions struct {
	Where  string // a condition on the table; empty means all rows
	Limit  int
	Limits read.Limits
}

// tracer walks from a table to raw. At each table stands a temporary table with the rows in question.
type tracer struct {
	*Session
	catalog *script.Catalog
	opts    LineageOptions
	result  *Lineage
	done    map[string]bool
	next    int
	found   map[string]string // raw table → relation of _drop, _file, _row
}

// Trace finds where rows come from. The columns that link a table to its inputs are not declared: they
// are proved by DuckDB's plans, as the ones of incremental builds are.
func (s *Session) Trace(ctx context.Context, catalog *script.Catalog, table string, o LineageOptions) (Lineage, error) {
	made := catalog.Script(script.BaseTable(table))
	if made == nil || made.Kind == script.CheckScript {
		return Lineage{}, &zones.Error{Code: "table_unknown", What: "there is no table " + table, Next: "bedrot tables"}
	}
	result := Lineage{Table: table}
	t := &tracer{Session: s, catalog: catalog, opts: o, result: &result, done: map[string]bool{}, found: map[string]string{}}
	if o.Where == "" {
		t.opts.Where = "true"
	} else if len(Split("select "+o.Where)) != 1 {
		return result, &zones.Error{Code: "usage", What: "--where is one condition", Next: "bedrot lineage " + table + " --where \"sale_month = '2025-01'\""}
	}
	asked := "select * from " + duck.Table(table) + " where (" + t.opts.Where + ")"
	tree, err := s.DB.Parse(ctx, asked)
	if err != nil {
		tree = nil // what is wrong is said best by the statement itself
	}
	if err := s.needed(ctx, tree); err != nil {
		return result, err
	}
	rows := t.name()
	statement := "create temp table " + rows + " as " + asked
	if err := s.DB.Exec(ctx, statement); err != nil {
		return result, s.explain(statement, err)
	}
	if err := t.walk(ctx, made, "", rows, 0, nil); err != nil {
		return result, err
	}
	return result, t.lines(ctx)
}

func (t *tracer) name() string {
	t.next++
	return fmt.Sprintf("lineage_%d", t.next)
}

func (t *tracer) walk(ctx context.Context, s *script.Script, reader, rows string, depth int, matched []string) error {
	step := LineageStep{Table: s.Table, Script: s.Path, Depth: depth, Reader: reader, Matched: matched}
	if err := t.DB.One(ctx, "select count(*) from "+rows, &step.Rows); err != nil {
		return err
	}
	t.result.Steps = append(t.result.Steps, step)
	if s.Kind == script.Raw {
		return t.reach(ctx, s, rows)
	}
	if step.Rows == 0 {
		return nil
	}
	for _, input := range t.catalog.RealInputs(s) {
		made := t.catalog.Script(script.BaseTable(input))
		links := s.Links[input]
		narrowed := t.name()
		var names []string
		for _, link := range links {
			names = append(names, link.Input)
		}
		from := input
		if made.Kind == script.Raw && input == made.Table && slices.Contains(names, "_drop") {
			// A part whose rows a newer drop repeated keeps its file and names the older drop's lines.
			from += "__history"
		}
		if err := t.Need(ctx, from); err != nil {
			return err
		}
		if err := t.DB.Exec(ctx, "create temp table "+narrowed+" as select * from "+duck.Table(from)+" as input"+linkCondition(rows, links)); err != nil {
			return err
		}
		if len(links) == 0 && made.Source == "catalog" {
			continue // looked up by name in every row; its own lines are in catalog/
		}
		if err := t.walk(ctx, made, s.Table, narrowed, depth+1, names); err != nil {
			return err
		}
	}
	return nil
}

// linkCondition keeps the input rows that agree with some row in question on every linked column.
func linkCondition(rows string, links []script.Link) string {
	if len(links) == 0 {
		return ""
	}
	var equal []string
	for _, link := range links {
		equal = append(equal, "input."+duck.Ident(link.Input)+" is not distinct from rows."+duck.Ident(link.Output))
	}
	return " where exists (select 1 from " + rows + " as rows where " + strings.Join(equal, " and ") + ")"
}

func (t *tracer) reach(ctx context.Context, s *script.Script, rows string) error {
	if earlier, ok := t.found[s.Table]; ok {
		return t.DB.Exec(ctx, "insert into "+earlier+" select account, _drop, _file, _row from "+rows)
	}
	name := t.name()
	t.found[s.Table] = name
	return t.DB.Exec(ctx, "create temp table "+name+" as select account, _drop, _file, _row from "+rows)
}

// lines reads the original lines of what was reached, file by file, each file once.
func (t *tracer) lines(ctx context.Context) error {
	var tables []string
	for table := range t.found {
		tables = append(tables, table)
	}
	slices.Sort(tables)
	for _, table := range tables {
		if err := t.linesOf(ctx, t.catalog.Script(table), t.found[table]); err != nil {
			return err
		}
	}
	return nil
}

type fileKey struct{ account, drop, file string }

func (t *tracer) linesOf(ctx context.Context, s *script.Script, rows string) error {
	wanted := map[fileKey][]int64{}
	var order []fileKey
	var total int64
	err := t.DB.Scan(ctx, "select distinct account, _drop, _file, _row from "+rows+" order by all", func(scan func(...any) error) error {
		var key fileKey
		var record int64
		if err := scan(&key.account, &key.drop, &key.file, &record); err != nil {
			return err
		}
		total++
		if len(t.result.Lines)+int(total) > t.opts.Limit {
			t.result.More++
			return nil
		}
		if wanted[key] == nil {
			order = append(order, key)
		}
		wanted[key] = append(wanted[key], record)
		return nil
	})
	if err != nil {
		return err
	}
	for _, key := range order {
		drop, err := t.Lake.ReadDrop(s.Source, s.Entity, key.account, key.drop)
		if err != nil {
			return err
		}
		lines, err := build.LinesOf(ctx, t.Lake, s, drop, t.Scratch(), t.opts.Limits, key.file, wanted[key])
		if err != nil {
			return err
		}
		for _, line := range lines {
			t.result.Lines = append(t.result.Lines, SourceLine{
				Table: s.Table, Drop: key.drop, Account: key.account, File: key.file,
				Line: line.Line.Line, Record: line.Record, Text: line.Text,
			})
		}
	}
	return nil
}
