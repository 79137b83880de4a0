package postgres

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"bedrot/zones"
)

// neutral are values that stand for NULL where keys are hashed. They need not be out of use: what is hashed
// alike is compared again.
func neutral(kind string) string {
	switch {
	case kind == "text":
		return "''"
	case kind == "boolean":
		return "false"
	case kind == "date", strings.HasPrefix(kind, "timestamp"):
		return "'epoch'::" + kind
	}
	return "0"
}

// same is the condition that rows t and s have one key, in a form that can be hashed although NULLs are equal.
func (w *work) same() string {
	var equal []string
	for _, name := range w.table.Key {
		column, _ := w.table.column(name)
		t, s, none := "t."+quote(name), "s."+quote(name), neutral(column.Type)
		equal = append(equal, fmt.Sprintf("coalesce(%s, %s) = coalesce(%s, %s) and %s is not distinct from %s", t, none, s, none, t, s))
	}
	return strings.Join(equal, " and ")
}

// within is the condition that a row of the table is compared at all.
func (w *work) within() string {
	if w.scope == "" {
		return "true"
	}
	return w.scope
}

// value is a column of the stage, as the table's column still is.
func (w *work) value(name string) string {
	if kind, ok := w.old[name]; ok {
		return "s." + quote(name) + "::" + kind
	}
	return "s." + quote(name)
}

// differs is the condition that rows t and s of one key say different things.
func (w *work) differs() string {
	var mine, theirs []string
	for _, column := range w.table.values() {
		mine, theirs = append(mine, "t."+quote(column.Name)), append(theirs, w.value(column.Name))
	}
	if len(mine) == 0 {
		return "false"
	}
	return "(" + strings.Join(mine, ", ") + ") is distinct from (" + strings.Join(theirs, ", ") + ")"
}

// missing is the condition that a row t of the table is in no row s of the stage.
func (w *work) missing() string {
	return "not exists (select 1 from " + w.stage + " as s where " + w.same() + ")"
}

// added is the condition that a row s of the stage is in no row t of the table.
func (w *work) added() string {
	return "not exists (select 1 from " + qualified(w.table.Name) + " as t where " + w.within() + " and " + w.same() + ")"
}

// refer adds what rows of the stage refer to and no dimension has yet.
func (w *work) refer(ctx context.Context, tx pgx.Tx) error {
	var statements []string
	w.table.referring(func(dimension string, columns []string) {
		var told []string
		for _, name := range columns {
			told = append(told, quote(name)+" is not null")
		}
		statements = append(statements, fmt.Sprintf("insert into %s (%s) select distinct %s from %s where %s on conflict do nothing",
			qualified(dimension), quoteAll(columns), quoteAll(columns), w.stage, strings.Join(told, " and ")))
	})
	for _, statement := range statements {
		if _, err := tx.Exec(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", w.table.Name, err)
		}
	}
	return nil
}

// merge applies the difference by key: what is gone is deleted, what differs updated, what is new
// inserted. A row that is the same is not touched.
func (r *release) merge(ctx context.Context, tx pgx.Tx, w *work) (err error) {
	if w.fresh {
		w.change.Inserted, err = w.insert(ctx, tx, "true")
	} else {
		err = r.apply(ctx, tx, w)
	}
	if err != nil {
		return err
	}
	for _, statement := range w.finish {
		if _, err := tx.Exec(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	if err := w.refusedRows(ctx, tx); err != nil {
		return err
	}
	return r.verify(ctx, tx, w)
}

// apply changes a table that has rows.
func (r *release) apply(ctx context.Context, tx pgx.Tx, w *work) (err error) {
	if w.change.Deleted, err = r.remove(ctx, tx, w); err != nil {
		return err
	}
	var sets []string
	for _, column := range w.table.values() {
		sets = append(sets, quote(column.Name)+" = "+w.value(column.Name))
	}
	if len(sets) > 0 {
		tag, err := tx.Exec(ctx, "update "+qualified(w.table.Name)+" as t set "+strings.Join(sets, ", ")+" from "+w.stage+" as s where "+w.within()+" and "+w.same()+" and "+w.differs())
		if err != nil {
			return err
		}
		w.change.Updated = tag.RowsAffected()
	}
	w.change.Inserted, err = w.insert(ctx, tx, w.added())
	return err
}

// insert copies rows of the stage into the table.
func (w *work) insert(ctx context.Context, tx pgx.Tx, where string) (int64, error) {
	var values []string
	for _, name := range w.table.names() {
		values = append(values, w.value(name))
	}
	tag, err := tx.Exec(ctx, "insert into "+qualified(w.table.Name)+" ("+quoteAll(w.table.names())+") select "+strings.Join(values, ", ")+" from "+w.stage+" as s where "+where)
	return tag.RowsAffected(), err
}

// remove deletes what is no more, and refuses to delete too much of the table, or of one source in it.
func (r *release) remove(ctx context.Context, tx pgx.Tx, w *work) (int64, error) {
	table := qualified(w.table.Name)
	source := "''"
	if _, ok := w.table.column("source"); ok {
		source = "coalesce(t.source, '')"
	}
	rows, err := tx.Query(ctx, "with gone as (delete from "+table+" as t where "+w.within()+" and "+w.missing()+" returning "+source+" as source) select source, count(*) from gone group by source")
	if err != nil {
		return 0, err
	}
	gone, all := map[string]int64{}, int64(0)
	var name string
	var count int64
	if _, err := pgx.ForEachRow(rows, []any{&name, &count}, func() error {
		gone[name] = count
		all += count
		return nil
	}); err != nil {
		return 0, err
	}
	if all <= shrinkRows || r.Options.AsOf || r.Options.accepts(w.table.Name) {
		return all, nil
	}
	rows, err = tx.Query(ctx, "select "+source+", count(*) from "+table+" as t group by 1")
	if err != nil {
		return 0, err
	}
	left, held := map[string]int64{}, int64(0)
	if _, err := pgx.ForEachRow(rows, []any{&name, &count}, func() error {
		left[name] = count
		held += count
		return nil
	}); err != nil {
		return 0, err
	}
	var inserted int64 // what comes in a source's place makes up for what goes
	if err := tx.QueryRow(ctx, "select count(*) from "+w.stage+" as s where "+w.added()).Scan(&inserted); err != nil {
		return 0, err
	}
	if w.tooMuch(all-inserted, held+all) {
		return 0, r.shrunk(w, "", all-inserted, held+all)
	}
	for _, name := range slices.Sorted(mapKeys(gone)) {
		if name == "" || !w.tooMuch(gone[name], left[name]+gone[name]) {
			continue
		}
		if err := tx.QueryRow(ctx, "select count(*) from "+w.stage+" as s where s.source = $1 and "+w.added(), name).Scan(&inserted); err != nil {
			return 0, err
		}
		if w.tooMuch(gone[name]-inserted, left[name]+gone[name]) {
			return 0, r.shrunk(w, " of "+name, gone[name]-inserted, left[name]+gone[name])
		}
	}
	return all, nil
}

// verify counts, inside the release, what the table now holds and compares it with the lake's files.
func (r *release) verify(ctx context.Context, tx pgx.Tx, w *work) error {
	groups, money := w.table.groups(), w.table.Money()
	rows, err := tx.Query(ctx, tallied(groups, money, qualified(w.table.Name), "text", w.within()))
	if err != nil {
		return err
	}
	defer rows.Close()
	found := map[string]tally{}
	for rows.Next() {
		key, t, err := scanTally(rows.Scan, len(groups), len(money))
		if err != nil {
			return err
		}
		if t.rows > 0 {
			found[key] = t
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if w.change.Refused > 0 {
		return w.verifyRefused(found)
	}
	for key, wanted := range w.wanted {
		got := found[key]
		delete(found, key)
		if got.rows != wanted.rows {
			return w.differing(key, "rows", fmt.Sprint(wanted.rows), fmt.Sprint(got.rows))
		}
		for i, column := range money {
			if !sameDecimal(wanted.sums[i], got.sums[i]) {
				return w.differing(key, column.Name, wanted.sums[i], got.sums[i])
			}
		}
	}
	for key, got := range found {
		return w.differing(key, "rows", "0", fmt.Sprint(got.rows))
	}
	return nil
}

// verifyRefused compares only how many rows there are, where some were refused for being like others.
func (w *work) verifyRefused(found map[string]tally) error {
	var wanted, got int64
	for _, t := range w.wanted {
		wanted += t.rows
	}
	for _, t := range found {
		got += t.rows
	}
	if wanted -= w.change.Refused; got != wanted {
		return w.differing("all partitions", "rows", fmt.Sprint(wanted), fmt.Sprint(got))
	}
	return nil
}

func (w *work) differing(key, what, wanted, got string) error {
	return &zones.Error{
		Code: "warehouse_differs", Table: w.table.Name, Expected: wanted, Found: got,
		What: fmt.Sprintf("%s of %s in %s: the lake has %s, PostgreSQL would have %s", what, w.table.Name, key, wanted, got),
		Next: "bedrot export postgres --full   (compares every row)",
	}
}
