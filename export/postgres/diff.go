package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// difference counts what a release would do to each table, and writes nothing. The tables' own columns are
// compared where both have them; new ones count as changed.
func (r *release) difference(ctx context.Context, s *session, works []*work) error {
	tables, err := s.look(ctx)
	if err != nil {
		return err
	}
	return pgx.BeginTxFunc(ctx, s.Conn, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, joins); err != nil {
			return err
		}
		for _, w := range works {
			r.step("comparing %s", w.table.Name)
			if err := w.compareIn(ctx, tx, tables[w.table.Name]); err != nil {
				return err
			}
			r.report.Changes = append(r.report.Changes, w.change)
		}
		return nil
	})
}

func (w *work) compareIn(ctx context.Context, tx pgx.Tx, is *actual) error {
	if is == nil {
		return tx.QueryRow(ctx, "select count(*) from "+w.stage).Scan(&w.change.Inserted)
	}
	table := qualified(w.table.Name) + " as t where " + w.within()
	whole := w.table
	comparable := whole.Columns[:0:0]
	for _, column := range whole.Columns {
		if _, there := is.columns[column.Name]; there {
			comparable = append(comparable, column)
		}
	}
	w.table.Columns = comparable
	defer func() { w.table = whole }()
	differs := w.differs()
	if len(comparable) < len(whole.Columns) {
		differs = "true"
	}
	return tx.QueryRow(ctx, `select
		(select count(*) from `+w.stage+` as s where `+w.added()+`),
		(select count(*) from `+qualified(w.table.Name)+` as t inner join `+w.stage+` as s on `+w.same()+` where `+w.within()+` and `+differs+`),
		(select count(*) from `+table+` and `+w.missing()+`)`).Scan(&w.change.Inserted, &w.change.Updated, &w.change.Deleted)
}
