package postgres

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"bedrot/export/warehouse"
	"bedrot/zones"
)

// watch puts the trigger on near-duplicates onto the tables that a rule names.
func (r *release) watch(ctx context.Context, tx pgx.Tx, tables map[string]*actual) error {
	ruled, err := list(ctx, tx, "select table_name from bedrot.duplicate_rules")
	if err != nil {
		return err
	}
	for _, t := range r.Tables {
		is := tables[t.Name]
		if is == nil || is.made[watcher] || !slices.Contains(ruled, t.Name) {
			continue
		}
		var texts, others, folded []string
		for _, name := range t.Key {
			if column, _ := t.column(name); column.Type == "text" {
				texts, folded = append(texts, name), append(folded, "bedrot.fold("+quote(name)+")")
			} else {
				others = append(others, name)
			}
		}
		if len(texts) == 0 {
			continue
		}
		short := strings.TrimPrefix(t.Name, "curated.")
		statements := []string{
			fmt.Sprintf("create index if not exists %s on %s (%s)", quote(identifier(short, "folded")), qualified(t.Name), strings.Join(folded, ", ")),
			fmt.Sprintf("create trigger %s before insert or update of %s on %s for each row execute function bedrot.watch_duplicate(%s, %s)",
				watcher, quoteAll(t.Key), qualified(t.Name), literal(arrayOf(texts)), literal(arrayOf(others))),
		}
		for _, statement := range statements {
			if _, err := tx.Exec(ctx, statement); err != nil {
				return fmt.Errorf("%s: %w", statement, err)
			}
		}
	}
	return nil
}

// watcher is the trigger's name.
const watcher = "bedrot_duplicates"

// arrayOf writes names as PostgreSQL writes an array.
func arrayOf(names []string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name) + `"`
	}
	return "{" + strings.Join(quoted, ",") + "}"
}

// refusedRows counts the rows that the watch kept out of a table in this transaction.
func (w *work) refusedRows(ctx context.Context, tx pgx.Tx) error {
	return tx.QueryRow(ctx, "select count(*) from bedrot.duplicates where table_name = $1 and is_refused and seen_in = pg_current_xact_id()", w.table.Name).Scan(&w.change.Refused)
}

// tellRefused warns of rows that are in the lake and not in the table.
func (r *release) tellRefused(works []*work) {
	for _, w := range works {
		if w.change.Refused > 0 {
			r.warn(zones.Error{
				Code: "warehouse_duplicate", Table: w.table.Name, What: fmt.Sprintf("%d rows of %s were refused: their keys are like others that are there", w.change.Refused, w.table.Name), Where: Where(r.URL),
				Next: "select * from bedrot.duplicates; give the names an alias in LAKE/catalog, or make the rule in bedrot.duplicate_rules a milder one",
			})
		}
	}
}

// partners lets partners see their artists and nobody else's, once the role exists: in tables that have a
// column for the artist, and in views on such tables only. Everybody else sees what they saw.
func (r *release) partners(ctx context.Context, tx pgx.Tx, tables map[string]*actual) error {
	var there bool
	if err := tx.QueryRow(ctx, "select exists (select 1 from pg_roles where rolname = 'bedrot_partner')").Scan(&there); err != nil || !there {
		return err
	}
	statements := []string{}
	var told []string // tables that tell artists apart
	for _, t := range r.Tables {
		if _, ok := t.column("artist"); !ok || tables[t.Name] == nil {
			continue
		}
		told = append(told, t.Name)
		if tables[t.Name].secured {
			continue
		}
		const others = "(not (select pg_has_role(current_user, 'bedrot_partner', 'member')))"
		statements = append(statements,
			"alter table "+qualified(t.Name)+" enable row level security",
			"create policy bedrot_everybody on "+qualified(t.Name)+" using "+others+" with check "+others,
			"create policy bedrot_partner on "+qualified(t.Name)+" for select to bedrot_partner using (artist in (select p.artist from bedrot.partner_artists as p where p.role_name = current_user))",
			"grant select on "+qualified(t.Name)+" to bedrot_partner")
	}
	if len(statements) > 0 {
		statements = append(statements, "grant select on bedrot.partner_artists to bedrot_partner")
	}
	views, err := warehouse.Views()
	if err != nil {
		return err
	}
	denied, err := list(ctx, tx, "select c.relname from pg_class as c where c.relnamespace = 'dashboards'::regnamespace and c.relkind = 'v' and not has_table_privilege('bedrot_partner', c.oid, 'select')")
	if err != nil {
		return err
	}
	for _, v := range views {
		if slices.Contains(denied, v.Name) && !slices.ContainsFunc(v.Reads, func(t string) bool { return !slices.Contains(told, t) }) {
			statements = append(statements, "grant select on dashboards."+quote(v.Name)+" to bedrot_partner")
		}
	}
	for _, statement := range statements {
		if _, err := tx.Exec(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return nil
}
