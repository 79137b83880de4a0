package postgres

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"bedrot/export/warehouse"
	"bedrot/zones"
)

// dress makes what stands on the tables: the dashboards' views, the watch on duplicates, what partners may
// see. Where nothing changed nothing is done.
func (r *release) dress(ctx context.Context, s *session) error {
	tables, err := s.look(ctx)
	if err != nil {
		return err
	}
	return s.change(ctx, func(tx pgx.Tx) error {
		if err := r.makeViews(ctx, tx); err != nil {
			return err
		}
		if err := r.watch(ctx, tx, tables); err != nil {
			return err
		}
		return r.partners(ctx, tx, tables)
	})
}

// madeOf changes with all that a view is.
func madeOf(v warehouse.View) string {
	hash := sha256.Sum256(fmt.Appendf(nil, "%s\x00%v\x00%s", v.Grain, v.Columns, v.SQL))
	return hex.EncodeToString(hash[:8])
}

// makeViews makes the views that are missing or changed and whose tables are all there. They show rows by
// their reader's rights, so that who may see one artist sees one artist here too.
// One that does not fit the tables, which may be older than the views, stays as it is, and is told of.
func (r *release) makeViews(ctx context.Context, tx pgx.Tx) error {
	views, err := warehouse.Views()
	if err != nil {
		return err
	}
	tables, err := list(ctx, tx, "select table_name from bedrot.tables")
	if err != nil {
		return err
	}
	made, err := list(ctx, tx, `
		select v.view_name || ' ' || v.made_of from bedrot.views as v
		where to_regclass('dashboards.' || quote_ident(v.view_name)) is not null`)
	if err != nil {
		return err
	}
	for _, v := range views {
		if slices.Contains(made, v.Name+" "+madeOf(v)) || slices.ContainsFunc(v.Reads, func(t string) bool { return !slices.Contains(tables, t) }) {
			continue
		}
		err := pgx.BeginFunc(ctx, tx, func(inner pgx.Tx) error { return makeView(ctx, inner, v) })
		var refused *pgconn.PgError
		if errors.As(err, &refused) && strings.HasPrefix(refused.Code, "42") && refused.Code != "42501" {
			r.warn(zones.Error{Code: "warehouse_view", Where: "dashboards." + v.Name, What: "the view does not fit the tables and stays as it was: " + refused.Message, Next: "bedrot run   (the view is made once its tables are up to date)", Err: err})
			continue
		}
		if err != nil {
			return fmt.Errorf("view dashboards.%s: %w", v.Name, err)
		}
	}
	return nil
}

func makeView(ctx context.Context, tx pgx.Tx, v warehouse.View) error {
	name := "dashboards." + quote(v.Name)
	create := " view " + name + " with (security_invoker = true) as\n" + v.SQL
	err := savepoint(ctx, tx, "create or replace"+create)
	var refused *pgconn.PgError
	if errors.As(err, &refused) && refused.Code == "42P16" { // columns changed their place, name or type
		if err = replaceView(ctx, tx, name, "create"+create); err != nil {
			return err
		}
	}
	if err != nil {
		return err
	}
	statements := []string{"comment on view " + name + " is " + literal(v.Grain)}
	for _, doc := range v.Columns {
		statements = append(statements, "comment on column "+name+"."+quote(doc.Name)+" is "+literal(doc.Text))
	}
	for _, statement := range statements {
		if _, err := tx.Exec(ctx, statement); err != nil {
			return err
		}
	}
	_, err = tx.Exec(ctx, "insert into bedrot.views (view_name, made_of) values ($1, $2) on conflict (view_name) do update set made_of = excluded.made_of", v.Name, madeOf(v))
	return err
}

// replaceView makes a view anew under the rights that others had on it.
func replaceView(ctx context.Context, tx pgx.Tx, name, create string) error {
	grants, err := grantsOn(ctx, tx, name)
	if err != nil {
		return err
	}
	for _, statement := range append([]string{"drop view " + name, create}, grants...) {
		if _, err := tx.Exec(ctx, statement); err != nil {
			return inTheWay(name, err)
		}
	}
	return nil
}

// grantsOn are the statements that give others the rights they have on a view.
func grantsOn(ctx context.Context, tx pgx.Tx, name string) ([]string, error) {
	return list(ctx, tx, `
		select format('grant %s on %s to %s', a.privilege_type, $1::text, case a.grantee when 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end)
		from pg_class as c cross join lateral aclexplode(c.relacl) as a
		where c.oid = $1::text::regclass and a.grantee <> c.relowner`, name)
}

// dropViews takes the dashboards' views away, last one first, never what somebody else built on them.
// Whoever calls it makes them again in the same transaction, or in the next export.
func dropViews(ctx context.Context, tx pgx.Tx) error {
	views, err := warehouse.Views()
	if err != nil {
		return err
	}
	for _, v := range slices.Backward(views) {
		name := "dashboards." + quote(v.Name)
		if _, err := tx.Exec(ctx, "drop view if exists "+name); err != nil {
			return inTheWay(name, err)
		}
	}
	return nil
}

// inTheWay explains that others' objects stand on one that must go.
func inTheWay(name string, err error) error {
	var refused *pgconn.PgError
	if errors.As(err, &refused) && refused.Code == "2BP01" {
		return &zones.Error{
			Code: "warehouse_foreign", Where: name, What: "somebody's own objects stand on " + name + ", which must be made anew: " + refused.Detail,
			Next: "drop them, export, and make them again: bedrot drops nothing that others made", Err: err,
		}
	}
	return err
}

// savepoint runs a statement whose failure the transaction survives.
func savepoint(ctx context.Context, tx pgx.Tx, statement string) error {
	return pgx.BeginFunc(ctx, tx, func(inner pgx.Tx) error {
		_, err := inner.Exec(ctx, statement)
		return err
	})
}

func list(ctx context.Context, tx pgx.Tx, query string, args ...any) ([]string, error) {
	rows, err := tx.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}
