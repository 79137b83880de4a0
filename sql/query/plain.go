package query

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"bedrot/sql/build"
	"bedrot/sql/duck"
	"bedrot/sql/script"
	"bedrot/zones"
)

// PlainSQL writes down how a table of the version comes about, for any DuckDB that can read the lake's
// files: what the engine sets up, the inputs as views over the very files the version names, the script
// as it stands, the checks, and last a SELECT of the rows. A raw table's rows come out of bedrot's own
// reader; of those it is the winners that are told.
func (s *Session) PlainSQL(ctx context.Context, catalog *script.Catalog, table string) (string, error) {
	made := catalog.Script(table)
	if made == nil || made.Kind == script.CheckScript || made.Kind == script.Macros {
		return "", &zones.Error{Code: "table_unknown", What: "there is no table " + table, Next: "bedrot tables"}
	}
	if s.Version == nil {
		return "", &zones.Error{Code: "version_unknown", What: "nothing has been published yet", Where: table, Next: "bedrot run"}
	}
	w := &plainWriter{session: s, seen: map[string]bool{}}
	w.say("%s in version %s, in plain SQL. Built with DuckDB %s; the paths are those of this lake.", table, s.Version.Run, strings.TrimPrefix(s.Version.Engine, "v"))
	w.say("Set up: schemas, macros, the run's date.")
	w.add(s.setup...)
	for _, macro := range script.UsedMacros(s.macros.All, made.Texts()...) {
		w.add(macro.SQL)
	}
	switch made.Kind {
	case script.Raw:
		if err := w.raw(ctx, made); err != nil {
			return "", err
		}
	case script.Feed:
		if err := w.relation(ctx, table); err != nil {
			return "", err
		}
		w.add("from " + duck.Table(table))
	default:
		if err := w.derived(ctx, made); err != nil {
			return "", err
		}
	}
	return w.text.String(), nil
}

type plainWriter struct {
	session *Session
	text    strings.Builder
	seen    map[string]bool
}

func (w *plainWriter) say(format string, args ...any) {
	for line := range strings.Lines(fmt.Sprintf(format, args...)) {
		w.text.WriteString(strings.TrimRight("-- "+line, " \n") + "\n")
	}
}

func (w *plainWriter) add(statements ...string) {
	for _, statement := range statements {
		w.text.WriteString(strings.TrimRight(statement, "; \n") + "\n;\n")
	}
}

// relation writes what makes a relation, after what makes those it reads.
func (w *plainWriter) relation(ctx context.Context, name string) error {
	r := w.session.shown[strings.ToLower(name)]
	if r == nil || w.seen[name] {
		return nil
	}
	w.seen[name] = true
	if r.body != "" {
		tree, err := w.session.DB.Parse(ctx, r.body)
		if err != nil {
			return err
		}
		names, _ := w.session.reads(tree)
		slices.Sort(names)
		for _, read := range slices.Compact(names) {
			if err := w.relation(ctx, read); err != nil {
				return err
			}
		}
	}
	statements, err := r.statements()
	if err != nil {
		return err
	}
	w.add(statements...)
	return nil
}

func (w *plainWriter) derived(ctx context.Context, s *script.Script) error {
	w.say("Inputs, as the version has them.")
	for _, input := range s.Inputs {
		if err := w.relation(ctx, input); err != nil {
			return err
		}
	}
	if s.Narrow {
		w.say("On a usual night the inputs are narrowed to the partitions (%s) that changed: proved to give the same rows.", strings.Join(s.NarrowBy, ", "))
	} else {
		w.say("Built whole: %s", s.WhyNot)
	}
	if ref := w.session.Version.Tables[s.Table]; ref.Stale != "" {
		w.say("STALE: the published table kept an earlier state (%s), so these rows may be others.", ref.Stale)
	}
	w.say("%s", s.Path)
	rows := "temp." + duck.Ident("rows of "+s.Table)
	w.add("create or replace temp table " + strings.TrimPrefix(rows, "temp.") + " as\n" + build.Statement(s))
	w.say("The checks: what each finds must be 0.")
	w.add("create or replace temp view " + duck.Ident("checks of "+s.Table) + " as\n" + strings.Join(checkSelects(s, rows), "\nunion all\n"))
	w.say("The rows, in the order in which they are written.")
	w.add("from " + rows)
	return nil
}

// checkSelects are the checks of a table's header, each with how many rows or keys break it.
func checkSelects(s *script.Script, rows string) []string {
	selects := []string{}
	for _, check := range s.Header.Checks {
		selects = append(selects, "select "+duck.Literal(check.Name())+" as \"check\", count(*) filter (where ("+check.Expr+") is false) as found from "+rows)
	}
	if key := s.Header.Key; len(key) > 0 {
		selects = append(selects, "select "+duck.Literal("key: "+strings.Join(key, ", "))+" as \"check\", count(*) as found from (select "+duck.Idents(key)+" from "+rows+" group by all having count(*) > 1)")
	}
	if least := s.Header.MinRows; least > 0 {
		selects = append(selects, fmt.Sprintf("select 'rows >= %d' as \"check\", greatest(%d - count(*), 0) as found from %s", least, least, rows))
	}
	if len(selects) == 0 {
		selects = append(selects, `select 'none' as "check", 0 as found where false`)
	}
	return selects
}

func (w *plainWriter) raw(ctx context.Context, s *script.Script) error {
	w.say("Each landed file is read by bedrot's own reader into a relation landing, and through this script into\none Parquet file per drop:")
	w.say("")
	w.say("%s", s.Path)
	w.say("%s", s.SQL)
	w.say("The newest drop wins each partition (%s); the drops and their files, as the version has them:", strings.Join(s.Header.Partition, ", "))
	if err := w.relation(ctx, s.Table); err != nil {
		return err
	}
	w.add("from " + duck.Table(s.Table))
	return nil
}
