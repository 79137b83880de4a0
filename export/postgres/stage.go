package postgres

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"bedrot/sql/duck"
	"bedrot/zones"
)

// stage streams a table's changed partitions into a temporary table, as CSV from DuckDB's threads straight
// into COPY: row by row through the driver it takes 3.5 times as long.
func (r *release) stage(ctx context.Context, s *session, w *work, number int) error {
	r.step("streaming %s", w.table.Name)
	w.stage = fmt.Sprintf("pg_temp.bedrot_stage_%d", number)
	var columns, selected []string
	for _, column := range w.table.Columns {
		columns = append(columns, quote(column.Name)+" "+column.Type)
		if column.Absent {
			selected = append(selected, "null")
		} else {
			selected = append(selected, duck.Ident(column.Source))
		}
	}
	if _, err := s.Exec(ctx, "drop table if exists "+w.stage+"; create temporary table "+strings.TrimPrefix(w.stage, "pg_temp.")+" ("+strings.Join(columns, ", ")+")"); err != nil {
		return err
	}
	if err := r.count(ctx, w); err != nil {
		return err
	}
	if len(w.parts) == 0 {
		return nil
	}
	options := "(format csv, header false, use_tmp_file false)"
	if len(selected) == 1 {
		// Alone on its line, a text \. would be the end of the data.
		options = "(format csv, header false, use_tmp_file false, force_quote *)"
	}
	fifo := filepath.Join(r.lake.Scratch(), fmt.Sprintf("stage_%d", number))
	rows, replaced, err := r.stream(ctx, s, "select "+strings.Join(selected, ", ")+" from ("+r.from(w)+")", fifo, options, "copy "+w.stage+" from stdin (format csv)")
	if err != nil {
		return fmt.Errorf("%s: %w", w.table.Name, err)
	}
	r.report.Rows += rows
	if replaced > 0 {
		r.warn(zones.Error{Code: "warehouse_text", Table: w.table.Name, What: fmt.Sprintf("%s: %d NUL characters, which PostgreSQL's text cannot hold, are published as ␀", w.table.Name, replaced), Next: "bedrot query \"from " + w.table.Name + "\""})
	}
	if rows > analyzeFrom && !w.fresh {
		_, err = s.Exec(ctx, "analyze "+w.stage)
	}
	return err
}

// analyzeFrom is how many rows make it worth while to tell the planner about them, where they are to be
// compared.
const analyzeFrom = 2000

// stream pipes DuckDB's rows into a COPY of the session.
func (r *release) stream(ctx context.Context, s *session, query, path, options, copyIn string) (rows, replaced int64, err error) {
	pipe, err := newPipe(path)
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, pipe.remove()) }()
	work, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	written := make(chan error, 1)
	go func() {
		var err error
		rows, err = r.lake.DB.Copy(work, query, path, options)
		written <- errors.Join(err, pipe.written())
	}()
	source := &noNUL{from: pipe}
	tag, copied := s.PgConn().CopyFrom(ctx, source, copyIn)
	if copied != nil {
		stop(copied)
		_, _ = io.Copy(io.Discard, pipe) // DuckDB may be waiting for a reader
	}
	wrote := <-written
	switch {
	case copied != nil:
		return 0, 0, copied
	case wrote != nil:
		return 0, 0, wrote
	case tag.RowsAffected() != rows:
		return 0, 0, &zones.Error{Code: "warehouse_differs", What: fmt.Sprintf("%d rows were sent and %d arrived", rows, tag.RowsAffected()), Next: "bedrot export postgres"}
	}
	return rows, source.replaced, nil
}

// noNUL replaces NUL, the one character that PostgreSQL's text cannot hold, by its picture.
type noNUL struct {
	from     io.Reader
	rest     []byte // replaced bytes that did not fit
	replaced int64
}

func (n *noNUL) Read(p []byte) (int, error) {
	if len(n.rest) > 0 {
		copied := copy(p, n.rest)
		n.rest = n.rest[copied:]
		return copied, nil
	}
	count, err := n.from.Read(p)
	if found := bytes.Count(p[:count], []byte{0}); found > 0 {
		n.replaced += int64(found)
		text := bytes.ReplaceAll(p[:count], []byte{0}, []byte("␀"))
		count = copy(p, text)
		if n.rest = slices.Clone(text[count:]); len(n.rest) > 0 {
			err = nil // told once all has been read
		}
	}
	return count, err
}

// count asks DuckDB what the rows to be streamed add up to, by partition or month.
func (r *release) count(ctx context.Context, w *work) error {
	w.wanted, w.money = map[string]tally{}, map[string]sums{}
	if len(w.parts) == 0 {
		return nil
	}
	groups, money := w.table.groups(), w.table.Money()
	err := r.lake.DB.Scan(ctx, tallied(groups, money, "("+r.from(w)+")", "varchar", "true"), func(scan func(...any) error) error {
		key, t, err := scanTally(scan, len(groups), len(money))
		w.wanted[key] = t
		return err
	})
	if err != nil {
		return err
	}
	return w.addMoney(money)
}

// addMoney keeps the sums by part, to be added up when only some of them change.
func (w *work) addMoney(money []Column) error {
	for key, t := range w.wanted {
		part := key
		if len(w.table.Partition) == 0 {
			part = w.parts[0].Key // compared whole: the table's sums are kept with its first part
		}
		if w.money[part] == nil {
			w.money[part] = sums{}
		}
		for i, column := range money {
			total, err := addDecimals(w.money[part][column.Name], t.sums[i])
			if err != nil {
				return fmt.Errorf("%s.%s: %w", w.table.Name, column.Name, err)
			}
			w.money[part][column.Name] = total
		}
	}
	return nil
}

// tallied is a statement that adds rows up; both databases understand it.
func tallied(groups []string, money []Column, from, text, where string) string {
	var selected, by []string
	for i, name := range groups {
		selected = append(selected, "t."+quote(name)+"::"+text)
		by = append(by, fmt.Sprint(i+1))
	}
	selected = append(selected, "count(*)")
	for _, column := range money {
		selected = append(selected, "sum(t."+quote(column.Name)+")::"+text)
	}
	statement := "select " + strings.Join(selected, ", ") + " from " + from + " as t where " + where
	if len(by) > 0 {
		return statement + " group by " + strings.Join(by, ", ")
	}
	return statement
}

func scanTally(scan func(...any) error, groups, money int) (string, tally, error) {
	names, totals := make([]*string, groups), make([]*string, money)
	var t tally
	dest := make([]any, 0, groups+1+money)
	for i := range names {
		dest = append(dest, &names[i])
	}
	dest = append(dest, &t.rows)
	for i := range totals {
		dest = append(dest, &totals[i])
	}
	if err := scan(dest...); err != nil {
		return "", t, err
	}
	values := make([]string, groups)
	for i, name := range names {
		if values[i] = hiveNull; name != nil {
			values[i] = *name
		}
	}
	for _, total := range totals {
		text := ""
		if total != nil {
			text = *total
		}
		t.sums = append(t.sums, text)
	}
	return zones.PartKey(values), t, nil
}
