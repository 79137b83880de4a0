// Package view makes a version's tables queryable: for each table one DuckDB view over the very files
// its manifest names, never over a glob, so that a session sees one version whatever is published
// meanwhile.
package view

import (
	"fmt"
	"strconv"
	"strings"

	"bedrot/sql/duck"
	"bedrot/zones"
)

// Derived is the view of a staging or curated table over its files.
func Derived(table string, columns []zones.Column, files []string) string {
	return "create or replace view " + duck.Table(table) + " as " + Select(columns, files)
}

// Select reads a derived table's columns from some of its files.
func Select(columns []zones.Column, files []string) string {
	if len(files) == 0 {
		return emptySelect(columns)
	}
	return "select " + columnList(columns) + " from read_parquet(" + duck.List(files) + ", hive_partitioning = false)"
}

// Empty is the view of a table without rows.
func Empty(table string, columns []zones.Column) string {
	return "create or replace view " + duck.Table(table) + " as " + emptySelect(columns)
}

func emptySelect(columns []zones.Column) string {
	typed := make([]string, len(columns))
	for i, column := range columns {
		typed[i] = "null::" + column.Type + " as " + duck.Ident(column.Name)
	}
	return "select " + strings.Join(typed, ", ") + " where false"
}

func columnList(columns []zones.Column) string {
	names := make([]string, len(columns))
	for i, column := range columns {
		names[i] = duck.Ident(column.Name)
	}
	return strings.Join(names, ", ")
}

// RawTable is what is needed to show a raw table.
type RawTable struct {
	Manifest  *zones.Table
	Columns   []zones.Column
	Partition []string
	// Path resolves a file of the lake.
	Path func(file string) string
	// Only, when not nil, narrows the table to some partitions: Winners reports which winners stay,
	// and Where is the same as a condition.
	Only  func(zones.Winner) bool
	Where string
}

// Statements make the raw table's view of winning rows, over the files of the drops that still win
// something. A drop that wins everything it holds is read as it is. Of the others, the rows of winning
// partitions are picked by a semi join with a small table, or those of lost ones left out by an anti
// join, whichever table is smaller: a long history of which a newer drop restates some days loses few.
func (r RawTable) Statements() []string {
	table := r.Manifest.Name
	wins := r.wins()
	all := 0
	for _, won := range wins {
		all += len(won.winners)
	}
	var whole, picked, spared []string
	var picks []zones.Winner
	losing := map[string]bool{}
	for _, drop := range r.Manifest.Drops {
		won := wins[drop.ID]
		if won.rows == 0 {
			continue
		}
		file := r.Path(drop.File)
		switch {
		case won.rows == drop.Records-drop.Rejected && r.Only == nil:
			whole = append(whole, file)
		case len(drop.Starts) == 1 && all-len(won.winners) < len(won.winners):
			spared = append(spared, file)
			losing[drop.ID] = true
		default:
			picked = append(picked, file)
			picks = append(picks, won.winners...)
		}
	}
	var selects, statements []string
	if len(whole) > 0 {
		selects = append(selects, r.selectFrom(whole)+" where reject_reason is null")
	}
	if len(picked) > 0 {
		statements = append(statements, r.pickTable("winners", picks))
		selects = append(selects, r.joined(picked, "semi", "winners"))
	}
	if len(spared) > 0 {
		statements = append(statements, r.pickTable("losses", r.losses(losing)))
		selects = append(selects, r.joined(spared, "anti", "losses"))
	}
	if len(selects) == 0 {
		return []string{Empty(table, r.Columns)}
	}
	return append(statements, "create or replace view "+duck.Table(table)+" as "+strings.Join(selects, "\nunion all\n"))
}

// losses are, for each of some drops, the partitions of its account that other drops win.
func (r RawTable) losses(drops map[string]bool) []zones.Winner {
	var lost []zones.Winner
	for _, drop := range r.Manifest.Drops {
		if !drops[drop.ID] {
			continue
		}
		for _, winner := range r.Manifest.Winners {
			if winner.Drop != drop.ID && winner.Values[0] == drop.Account && (r.Only == nil || r.Only(winner)) {
				winner.Drop, winner.File = drop.ID, 0
				lost = append(lost, winner)
			}
		}
	}
	return lost
}

// joined reads some drops' files, kept or left out by a table of partitions.
func (r RawTable) joined(files []string, how, kind string) string {
	on := []string{"landed._drop = picked._drop", "landed._start = picked._start"}
	for _, name := range r.Partition {
		on = append(on, "landed."+duck.Ident(name)+" = picked."+duck.Ident(name))
	}
	rows := r.selectFrom(files) + " " + how + " join " + r.pickName(kind) + " as picked on " + strings.Join(on, " and ") +
		" where reject_reason is null"
	if r.Where != "" {
		rows += " and (" + r.Where + ")"
	}
	return rows
}

type won struct {
	winners []zones.Winner
	rows    int64
}

func (r RawTable) wins() map[string]won {
	wins := map[string]won{}
	for _, winner := range r.Manifest.Winners {
		if r.Only != nil && !r.Only(winner) {
			continue
		}
		w := wins[winner.Drop]
		w.winners, w.rows = append(w.winners, winner), w.rows+winner.Rows
		wins[winner.Drop] = w
	}
	return wins
}

// History shows every accepted row of every drop with the time it was captured, and Rejected the rows
// that were not accepted, with the reason.
func (r RawTable) History() (history, rejected string) {
	var files, times []string
	for _, drop := range r.Manifest.Drops {
		if drop.File == "" {
			continue
		}
		files = append(files, r.Path(drop.File))
		times = append(times, "("+duck.Literal(drop.ID)+", timestamp "+duck.Literal(drop.AsOf.UTC().Format("2006-01-02 15:04:05"))+")")
	}
	asOf := append(append([]zones.Column{}, r.Columns...), zones.Column{Name: "_as_of", Type: "TIMESTAMP"})
	reason := append(append([]zones.Column{}, r.Columns...), zones.Column{Name: "reject_reason", Type: "VARCHAR"})
	table := r.Manifest.Name
	if len(files) == 0 {
		return Empty(table+"__history", asOf), Empty(table+"__rejected", reason)
	}
	history = "create or replace view " + duck.Table(table+"__history") + " as select rows.*, drops.as_of as _as_of from (" +
		r.selectFrom(files) + " where reject_reason is null) as rows inner join (values " + strings.Join(times, ", ") +
		") as drops(id, as_of) on rows._drop = drops.id"
	rejected = "create or replace view " + duck.Table(table+"__rejected") + " as select " + r.columns() + ", reject_reason from " +
		parquet(files) + " as landed where reject_reason is not null"
	return history, rejected
}

// Superseded makes archive.<table>: the accepted rows that do not stand in the table any more, or never
// did, because another drop has their partition.
func (r RawTable) Superseded() []string {
	archived := "archive." + strings.TrimPrefix(r.Manifest.Name, "raw.")
	var files []string
	for _, drop := range r.Manifest.Drops {
		if drop.File != "" {
			files = append(files, r.Path(drop.File))
		}
	}
	if len(files) == 0 {
		return []string{Empty(archived, r.Columns)}
	}
	all := "create or replace view " + duck.Table(archived) + " as "
	if len(r.Manifest.Winners) == 0 {
		return []string{all + r.selectFrom(files) + " where reject_reason is null"}
	}
	return []string{r.pickTable("standing", r.Manifest.Winners), all + r.joined(files, "anti", "standing")}
}

func (r RawTable) selectFrom(files []string) string {
	return "select " + r.columns() + " from " + parquet(files) + " as landed"
}

func parquet(files []string) string {
	return "read_parquet(" + duck.List(files) + ", file_row_number = true, hive_partitioning = false)"
}

// columns spells out the table's columns; the row number is the position in the file.
func (r RawTable) columns() string {
	names := make([]string, len(r.Columns))
	for i, column := range r.Columns {
		names[i] = "landed." + duck.Ident(column.Name)
		if column.Name == "_row" {
			names[i] = "(landed.file_row_number - landed._start + 1)::bigint as _row"
		}
	}
	return strings.Join(names, ", ")
}

func (r RawTable) pickName(kind string) string {
	return "temp." + duck.Ident(kind+" of "+r.Manifest.Name)
}

// pickTable lists partitions of drops. Without any it is empty.
func (r RawTable) pickTable(kind string, picks []zones.Winner) string {
	starts := map[string][]int64{}
	for _, drop := range r.Manifest.Drops {
		starts[drop.ID] = drop.Starts
	}
	names := append([]string{"_drop", "_start"}, r.Partition...)
	rows := make([]string, len(picks))
	for i, pick := range picks {
		rows[i] = "(" + strings.Join(r.pickValues(pick.Drop, starts[pick.Drop][pick.File], pick.Values), ", ") + ")"
	}
	none := ""
	if len(rows) == 0 {
		first := r.Manifest.Winners[0]
		rows, none = []string{"(" + strings.Join(r.pickValues("", 0, first.Values), ", ") + ")"}, " where false"
	}
	return "create or replace temp table " + strings.TrimPrefix(r.pickName(kind), "temp.") + " as select * from (values " +
		strings.Join(rows, ", ") + ") as picked(" + duck.Idents(names) + ")" + none
}

func (r RawTable) pickValues(drop string, start int64, values []string) []string {
	literals := []string{duck.Literal(drop), strconv.FormatInt(start, 10)}
	for i, value := range values {
		literals = append(literals, Value(value, r.kind(r.Partition[i])))
	}
	return literals
}

func (r RawTable) kind(name string) string {
	for _, column := range r.Columns {
		if column.Name == name {
			return column.Type
		}
	}
	return "VARCHAR"
}

// Value writes a partition value as a literal of its type.
func Value(text, kind string) string {
	if kind == "VARCHAR" {
		return duck.Literal(text)
	}
	return fmt.Sprintf("%s::%s", duck.Literal(text), kind)
}

// Condition is the partitions of a set as a boolean expression; each element of sets has one value
// per name.
func Condition(names, kinds []string, sets [][]string) string {
	if len(names) == 1 {
		values := make([]string, len(sets))
		for i, set := range sets {
			values[i] = Value(set[0], kinds[0])
		}
		return duck.Ident(names[0]) + " in (" + strings.Join(values, ", ") + ")"
	}
	alternatives := make([]string, len(sets))
	for i, set := range sets {
		equal := make([]string, len(names))
		for n := range names {
			equal[n] = duck.Ident(names[n]) + " = " + Value(set[n], kinds[n])
		}
		alternatives[i] = strings.Join(equal, " and ")
	}
	return strings.Join(alternatives, " or ")
}
