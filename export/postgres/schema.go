package postgres

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"bedrot/zones"
)

// actual is a table as it stands in the database.
type actual struct {
	columns map[string]actualColumn
	doc     string
	made    map[string]bool // indexes, constraints and triggers by name
	secured bool            // row-level security is on
}

type actualColumn struct{ kind, doc string }

// look reads how the published tables stand in the database.
func (s *session) look(ctx context.Context) (map[string]*actual, error) {
	found := map[string]*actual{}
	rows, err := s.Query(ctx, `
		select n.nspname || '.' || c.relname, coalesce(obj_description(c.oid, 'pg_class'), ''), c.relrowsecurity,
			array(select i.relname::text from pg_index as x inner join pg_class as i on x.indexrelid = i.oid where x.indrelid = c.oid)
				|| array(select conname::text from pg_constraint where conrelid = c.oid)
				|| array(select tgname::text from pg_trigger where tgrelid = c.oid and not tgisinternal)
		from pg_class as c inner join pg_namespace as n on c.relnamespace = n.oid
		where n.nspname = 'curated'`)
	if err != nil {
		return nil, err
	}
	var table, doc string
	var secured bool
	var made []string
	_, err = pgx.ForEachRow(rows, []any{&table, &doc, &secured, &made}, func() error {
		a := &actual{columns: map[string]actualColumn{}, doc: doc, made: map[string]bool{}, secured: secured}
		for _, name := range made {
			a.made[name] = true
		}
		found[table] = a
		return nil
	})
	if err != nil {
		return nil, err
	}
	rows, err = s.Query(ctx, `
		select n.nspname || '.' || c.relname, a.attname, format_type(a.atttypid, a.atttypmod), coalesce(col_description(c.oid, a.attnum), '')
		from pg_attribute as a inner join pg_class as c on a.attrelid = c.oid inner join pg_namespace as n on c.relnamespace = n.oid
		where n.nspname = 'curated' and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped`)
	if err != nil {
		return nil, err
	}
	var name, kind string
	_, err = pgx.ForEachRow(rows, []any{&table, &name, &kind, &doc}, func() error {
		found[table].columns[name] = actualColumn{kind, doc}
		return nil
	})
	return found, err
}

// shaping is what must be done to a table so that a release fits in.
type shaping struct {
	statements []string
	widened    bool // a view may stand in the way
}

// shape compares a table with what stands in the database. What is added or widened is done now; what
// loses something waits for the release itself, and for somebody to accept it.
func (r *release) shape(w *work, known *tableState, is *actual) (shaping, error) {
	t := w.table
	var todo shaping
	add := func(format string, args ...any) {
		todo.statements = append(todo.statements, fmt.Sprintf(format, args...))
	}
	switch {
	case is == nil:
		var columns []string
		for _, column := range t.Columns {
			columns = append(columns, quote(column.Name)+" "+column.Type)
		}
		add("create table %s (%s)", qualified(t.Name), strings.Join(columns, ", "))
		is = &actual{made: map[string]bool{}, columns: map[string]actualColumn{}}
	case known == nil:
		return todo, &zones.Error{
			Code: "warehouse_foreign", Table: t.Name, What: "the database has a " + t.Name + " that bedrot did not make", Where: Where(r.URL),
			Next: "alter table " + qualified(t.Name) + " rename to ANOTHER   (or publish into another database)",
		}
	default:
		if err := r.columns(w, known, is, &todo); err != nil {
			return todo, err
		}
	}
	build := add
	w.finish = nil
	if w.fresh { // built on all rows at once it costs a fraction
		build = func(format string, args ...any) { w.finish = append(w.finish, fmt.Sprintf(format, args...)) }
	}
	t.indexes(is, build)
	t.references(is, build)
	if is.doc != t.Doc {
		add("comment on table %s is %s", qualified(t.Name), literal(t.Doc))
	}
	for _, column := range t.Columns {
		if is.columns[column.Name].doc != column.Doc {
			add("comment on column %s.%s is %s", qualified(t.Name), quote(column.Name), literal(column.Doc))
		}
	}
	return todo, nil
}

// columns adds and widens; narrower ones and those that are no more are noted, if they are accepted.
func (r *release) columns(w *work, known *tableState, is *actual, todo *shaping) error {
	t := w.table
	var refused []string
	for _, column := range t.Columns {
		has, there := is.columns[column.Name]
		switch {
		case !there:
			todo.statements = append(todo.statements, fmt.Sprintf("alter table %s add column %s %s", qualified(t.Name), quote(column.Name), column.Type))
			w.change.Added = append(w.change.Added, column.Name)
		case has.kind == column.Type, column.Absent, r.Options.AsOf && widens(column.Type, has.kind):
		case widens(has.kind, column.Type):
			todo.statements = append(todo.statements, fmt.Sprintf("alter table %s alter column %s type %s", qualified(t.Name), quote(column.Name), column.Type))
			todo.widened = true
		case r.Options.accepts(t.Name + "." + column.Name):
			w.narrowed = append(w.narrowed, column)
			w.old[column.Name] = has.kind
			w.change.Narrowed = append(w.change.Narrowed, column.Name)
		default:
			refused = append(refused, fmt.Sprintf("%s from %s to %s", column.Name, has.kind, column.Type))
		}
	}
	for name := range is.columns {
		if _, wanted := t.column(name); wanted || !known.columns[name] {
			continue
		}
		if r.Options.accepts(t.Name + "." + name) {
			w.dropped = append(w.dropped, name)
			w.change.Narrowed = append(w.change.Narrowed, name)
		} else {
			refused = append(refused, name+" is no more")
		}
	}
	if len(refused) == 0 {
		return nil
	}
	slices.Sort(refused)
	next := "bedrot export postgres"
	for _, text := range refused {
		name, _, _ := strings.Cut(text, " ")
		next += " --accept " + t.Name + "." + name
	}
	return &zones.Error{
		Code: "warehouse_narrows", Table: t.Name, Where: Where(r.URL), Next: next,
		What: t.Name + " would lose something that dashboards may read: " + strings.Join(refused, ", "),
	}
}

// indexes are the key, and what dashboards filter by.
func (t Table) indexes(is *actual, add func(string, ...any)) {
	short := strings.TrimPrefix(t.Name, "curated.")
	if name := identifier(short, "key"); !is.made[name] {
		add("create unique index %s on %s (%s) nulls not distinct", quote(name), qualified(t.Name), quoteAll(t.Key))
	}
	for _, column := range []string{"date", "artist"} {
		name := identifier(short, column+"_idx")
		if _, ok := t.column(column); ok && t.Key[0] != column && !is.made[name] {
			add("create index %s on %s (%s)", quote(name), qualified(t.Name), quote(column))
		}
	}
}

// dimensions are what columns refer to.
var dimensions = []struct {
	table   string
	columns []string
	kind    string
}{
	{"dimensions.artists", []string{"artist"}, "text"},
	{"dimensions.tracks", []string{"isrc"}, "text"},
	{"dimensions.platforms", []string{"platform"}, "text"},
	{"dimensions.accounts", []string{"source", "account"}, "text"},
	{"dimensions.dates", []string{"date"}, "date"},
}

// referring calls each for the dimensions that a table's columns refer to.
func (t Table) referring(each func(dimension string, columns []string)) {
	for _, d := range dimensions {
		fits := !slices.ContainsFunc(d.columns, func(name string) bool {
			column, ok := t.column(name)
			return !ok || column.Type != d.kind
		})
		if fits {
			each(d.table, d.columns)
		}
	}
}

func (t Table) references(is *actual, add func(string, ...any)) {
	short := strings.TrimPrefix(t.Name, "curated.")
	t.referring(func(dimension string, columns []string) {
		if name := identifier(short, columns[len(columns)-1]+"_fkey"); !is.made[name] {
			add("alter table %s add constraint %s foreign key (%s) references %s", qualified(t.Name), quote(name), quoteAll(columns), qualified(dimension))
		}
	})
}

// identifier is a name that PostgreSQL does not cut off.
func identifier(table, what string) string {
	if limit := 62 - len(what); len(table) > limit {
		table = table[:limit]
	}
	return table + "_" + what
}

// evolve makes and changes tables, each in a short transaction of its own, before anything is streamed.
// Until the release, a new table is empty and a new column NULL.
func (r *release) evolve(ctx context.Context, s *session, works []*work, known state) error {
	tables, err := s.look(ctx)
	if err != nil {
		return err
	}
	for _, w := range works {
		w.old = map[string]string{}
		if is := tables[w.table.Name]; is == nil || known[w.table.Name] != nil && known[w.table.Name].shape == "" {
			if w.fresh, err = s.empty(ctx, w.table.Name, is != nil); err != nil {
				return err
			}
		}
		todo, err := r.shape(w, known[w.table.Name], tables[w.table.Name])
		if err != nil {
			return err
		}
		if len(todo.statements) == 0 || r.Options.DryRun {
			continue
		}
		err = s.change(ctx, func(tx pgx.Tx) error {
			if todo.widened {
				if err := dropViews(ctx, tx); err != nil {
					return err
				}
			}
			for _, statement := range todo.statements {
				if _, err := tx.Exec(ctx, statement); err != nil {
					return fmt.Errorf("%s: %w", statement, err)
				}
			}
			return register(ctx, tx, w.table)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// empty reports whether a table that was never released, or is not there yet, has no rows.
func (s *session) empty(ctx context.Context, table string, there bool) (empty bool, err error) {
	if !there {
		return true, nil
	}
	err = s.QueryRow(ctx, "select not exists (select 1 from "+qualified(table)+")").Scan(&empty)
	return empty, err
}

// register notes that a table and its columns are bedrot's; what it shows is noted by the release.
func register(ctx context.Context, tx pgx.Tx, t Table) error {
	if _, err := tx.Exec(ctx, "insert into bedrot.tables (table_name, shape, row_count) values ($1, '', 0) on conflict do nothing", t.Name); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, "insert into bedrot.columns (table_name, column_name) select $1, unnest($2::text[]) on conflict do nothing", t.Name, t.names())
	return err
}
