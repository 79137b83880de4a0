package postgres

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"bedrot/sql/view"
	"bedrot/zones"
)

// state is what was last released, by table.
type state map[string]*tableState

type tableState struct {
	shape   string
	columns map[string]bool // that bedrot made
	parts   map[string]partState
}

type partState struct {
	fingerprint string
	rows        int64
	money       sums
}

// sums are the totals of a table's money, by column, as decimal text.
type sums map[string]string

// released reads what was last released; nothing of it is there on an empty database.
func (s *session) released(ctx context.Context) (state, error) {
	found := state{}
	var there bool
	if err := s.QueryRow(ctx, "select to_regclass('bedrot.parts') is not null").Scan(&there); err != nil || !there {
		return found, err
	}
	rows, err := s.Query(ctx, "select t.table_name, t.shape, array(select c.column_name from bedrot.columns as c where c.table_name = t.table_name) from bedrot.tables as t")
	if err != nil {
		return nil, err
	}
	var name, shape string
	var columns []string
	_, err = pgx.ForEachRow(rows, []any{&name, &shape, &columns}, func() error {
		t := &tableState{shape: shape, columns: map[string]bool{}, parts: map[string]partState{}}
		for _, column := range columns {
			t.columns[column] = true
		}
		found[name] = t
		return nil
	})
	if err != nil {
		return nil, err
	}
	if rows, err = s.Query(ctx, "select table_name, part, fingerprint, row_count, money from bedrot.parts"); err != nil {
		return nil, err
	}
	var part, fingerprint string
	var count int64
	var money []byte
	_, err = pgx.ForEachRow(rows, []any{&name, &part, &fingerprint, &count, &money}, func() error {
		p := partState{fingerprint: fingerprint, rows: count}
		if t := found[name]; t != nil {
			err := json.Unmarshal(money, &p.money)
			t.parts[part] = p
			return err
		}
		return nil
	})
	return found, err
}

// work is what a release does with one table.
type work struct {
	table    Table
	manifest *zones.Table
	parts    []zones.Part // that are streamed
	scope    string       // a condition on the table's rows that are compared; "" is all of them
	gone     []string     // partitions that are no more
	stage    string       // the temporary table
	wanted   map[string]tally
	money    map[string]sums // by part
	fresh    bool            // it was never released and has no rows
	finish   []string        // keys and references of a new table, once it has its rows
	narrowed []Column        // columns that become narrower, or go, at the end of the release
	dropped  []string
	old      map[string]string // actual types of narrowed columns
	change   Change
}

// tally is what the rows of a group add up to.
type tally struct {
	rows int64
	sums []string // by money column
}

// plan compares the version with what was last released.
func (r *release) plan(known state) ([]*work, error) {
	var works []*work
	hash := sha256.New()
	for _, table := range r.Tables {
		if table.Kept {
			continue
		}
		manifest, err := r.version.Table(table.Name)
		if err != nil {
			return nil, err
		}
		if manifest == nil {
			if known[table.Name] != nil {
				r.warn(zones.Error{Code: "warehouse_stays", Table: table.Name, What: table.Name + " is not in this version: it goes on showing what it showed", Next: "bedrot tables"})
			}
			continue
		}
		if table, err = table.fit(manifest); err != nil {
			return nil, err
		}
		_, _ = fmt.Fprintf(hash, "%s %s %s\n", table.Name, manifest.Content, table.shape())
		w := &work{table: table, manifest: manifest, change: Change{Table: table.Name}}
		if r.compare(w, known[table.Name]) {
			works = append(works, w)
		}
	}
	for _, name := range slices.Sorted(mapKeys(known)) {
		if !slices.ContainsFunc(r.Tables, func(t Table) bool { return t.Name == name }) {
			r.warn(zones.Error{Code: "warehouse_stays", Table: name, What: name + " is published no more: it goes on showing what it showed", Next: "drop table " + qualified(name) + "   (once nobody reads it)"})
		}
	}
	r.hash = hex.EncodeToString(hash.Sum(nil))
	return works, nil
}

func mapKeys[V any](m map[string]V) func(func(string) bool) {
	return func(yield func(string) bool) {
		for key := range m {
			if !yield(key) {
				return
			}
		}
	}
}

// compare finds the partitions of a table that are others than last released; false when there are none.
func (r *release) compare(w *work, last *tableState) bool {
	changed := []zones.Part{}
	kept := map[string]bool{}
	for _, part := range w.manifest.Parts {
		kept[part.Key] = true
		if last == nil || last.parts[part.Key].fingerprint != part.Fingerprint {
			changed = append(changed, part)
		}
	}
	var gone []string
	if last != nil {
		for key := range last.parts {
			if !kept[key] {
				gone = append(gone, key)
			}
		}
	}
	slices.Sort(gone)
	w.gone = gone
	whole := last == nil || last.shape != w.table.shape() || r.Options.Full
	if !whole && len(changed) == 0 && len(gone) == 0 {
		return false
	}
	scope, plain := w.scoped(changed, gone)
	if whole || !plain || len(changed) == len(w.manifest.Parts) {
		w.parts, w.change.Whole = w.manifest.Parts, true
	} else {
		w.parts, w.scope = changed, scope
	}
	w.change.Parts = len(w.parts)
	return true
}

// scoped is the condition under which rows are of some partitions; plain is false where that cannot be said.
func (w *work) scoped(changed []zones.Part, gone []string) (condition string, plain bool) {
	if len(w.table.Partition) == 0 {
		return "", false
	}
	sets := make([][]string, 0, len(changed)+len(gone))
	for _, part := range changed {
		sets = append(sets, part.Values)
	}
	for _, key := range gone {
		values, err := partValues(key)
		if err != nil {
			return "", false
		}
		sets = append(sets, values)
	}
	var alternatives []string
	for _, values := range sets {
		if len(values) != len(w.table.Partition) {
			return "", false
		}
		var equal []string
		for i, name := range w.table.Partition {
			column, ok := w.table.column(name)
			if !ok || values[i] == "" || values[i] == hiveNull {
				return "", false
			}
			equal = append(equal, "t."+quote(name)+" = "+literal(values[i])+"::"+column.Type)
		}
		alternatives = append(alternatives, strings.Join(equal, " and "))
	}
	return "(" + strings.Join(alternatives, " or ") + ")", true
}

// hiveNull stands for NULL in the names of partitions.
const hiveNull = "__HIVE_DEFAULT_PARTITION__"

// partValues reads what zones.PartKey has written.
func partValues(key string) ([]string, error) {
	values := strings.Split(key, ",")
	for i, value := range values {
		var b strings.Builder
		for len(value) > 0 {
			if value[0] != '%' {
				b.WriteByte(value[0])
				value = value[1:]
				continue
			}
			if len(value) < 3 {
				return nil, errors.New("cut off")
			}
			decoded, err := hex.DecodeString(value[1:3])
			if err != nil {
				return nil, err
			}
			b.WriteByte(decoded[0])
			value = value[3:]
		}
		values[i] = b.String()
	}
	return values, nil
}

// from is the rows to be streamed, as DuckDB reads them.
func (r *release) from(w *work) string {
	files := make([]string, len(w.parts))
	for i, part := range w.parts {
		files[i] = filepath.Join(r.version.Dir(), part.File)
	}
	return view.Select(w.manifest.Columns, files)
}

func (r *release) warn(warning zones.Error) { r.report.Warnings = append(r.report.Warnings, warning) }
