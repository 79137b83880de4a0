package query

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"bedrot/sql/duck"
	"bedrot/sql/view"
	"bedrot/zones"
)

// Difference is what changed in a table between two versions. Rows are compared by value; where they
// come from (_drop, _file, _row) is no difference.
type Difference struct {
	Table string `json:"table"`
	From  string `json:"from"`
	To    string `json:"to"`
	// Key are the columns that say which row is which. Without a key, or where a row of either version
	// lacks one, a changed row is one removed and one added.
	Key     []string       `json:"key,omitempty"`
	Added   int64          `json:"added"`
	Removed int64          `json:"removed"`
	Changed int64          `json:"changed"`
	Columns []ColumnChange `json:"columns,omitempty"`
	Money   []MoneyByMonth `json:"money,omitempty"`

	order string
}

// ColumnChange is a column that only one version has, or that has another type.
type ColumnChange struct {
	Column string `json:"column"`
	From   string `json:"from,omitempty"` // type, empty when it was added
	To     string `json:"to,omitempty"`   // type, empty when it was removed
}

// MoneyByMonth is one decimal column's total in a month of which any row differs.
type MoneyByMonth struct {
	Month  string `json:"month"`
	Column string `json:"column"`
	From   string `json:"from"`
	To     string `json:"to"`
	Change string `json:"change"`
}

// provenance are the columns that say where a row comes from.
var provenance = []string{"_drop", "_file", "_row"}

// Diff compares a table of an older version with the session's own. The differing rows are the
// relation temp.difference afterwards: change (added, removed, changed from, changed to) and the
// columns both versions have.
func (s *Session) Diff(ctx context.Context, from *zones.Version, table string, key []string) (Difference, error) {
	if err := s.macros.Make(ctx, s.DB); err != nil {
		return Difference{}, err
	}
	d := Difference{Table: table, From: from.Run, To: s.Version.Run}
	before, err := from.Table(table)
	if err != nil {
		return d, err
	}
	after, err := s.Version.Table(table)
	if err != nil {
		return d, err
	}
	if before == nil && after == nil {
		return d, &zones.Error{Code: "table_unknown", What: "neither version has a table " + table, Next: "bedrot tables"}
	}
	c := comparison{Session: s, from: from, before: before, after: after}
	c.columns, d.Columns = common(before, after)
	if len(c.columns) == 0 {
		return d, fmt.Errorf("%s: the two versions have no column in common", table)
	}
	if err := c.expose(ctx); err != nil {
		return d, err
	}
	d.Key = c.usable(key)
	if err := c.compare(ctx, &d); err != nil {
		return d, err
	}
	d.Money, err = c.money(ctx)
	return d, err
}

type comparison struct {
	*Session
	from          *zones.Version
	before, after *zones.Table
	columns       []zones.Column
}

// common are the columns that both have with the same type, and the others.
func common(before, after *zones.Table) (columns []zones.Column, changes []ColumnChange) {
	if before == nil {
		return values(after.Columns), nil
	}
	if after == nil {
		return values(before.Columns), nil
	}
	old := map[string]string{}
	for _, column := range before.Columns {
		old[column.Name] = column.Type
	}
	for _, column := range values(after.Columns) {
		if kind, both := old[column.Name]; both && kind == column.Type {
			columns = append(columns, column)
		} else {
			changes = append(changes, ColumnChange{column.Name, kind, column.Type})
		}
		delete(old, column.Name)
	}
	for _, column := range values(before.Columns) {
		if kind, gone := old[column.Name]; gone {
			changes = append(changes, ColumnChange{Column: column.Name, From: kind})
		}
	}
	return columns, changes
}

func values(columns []zones.Column) []zones.Column {
	return slices.DeleteFunc(slices.Clone(columns), func(c zones.Column) bool { return slices.Contains(provenance, c.Name) })
}

// expose makes the views version_from and version_to, of what differs only: partitions with equal
// fingerprints hold equal rows.
func (c comparison) expose(ctx context.Context) error {
	equal := equalPartitions(c.before, c.after)
	for _, side := range []struct {
		name     string
		version  *zones.Version
		manifest *zones.Table
	}{{"version_from", c.from, c.before}, {"version_to", c.Version, c.after}} {
		for _, whole := range []bool{false, true} {
			name := side.name
			if whole {
				name += "_whole"
			}
			skip := equal
			if whole {
				skip = nil
			}
			if err := c.exposeSide(ctx, name, side.version, side.manifest, skip); err != nil {
				return err
			}
		}
	}
	return nil
}

// equalPartitions are the keys of partitions that both versions have with the same rows. Versions made
// by different engines hash differently: then nothing is known to be equal.
func equalPartitions(before, after *zones.Table) map[string]bool {
	equal := map[string]bool{}
	if before == nil || after == nil || before.Engine != after.Engine || !slices.Equal(before.Columns, after.Columns) {
		return equal
	}
	old := map[string]string{}
	for _, part := range before.Parts {
		old[part.Key] = part.Fingerprint
	}
	for _, winner := range before.Winners {
		old[winner.Key] = winner.Fingerprint
	}
	for _, part := range after.Parts {
		equal[part.Key] = old[part.Key] == part.Fingerprint
	}
	for _, winner := range after.Winners {
		equal[winner.Key] = old[winner.Key] == winner.Fingerprint
	}
	return equal
}

func (c comparison) exposeSide(ctx context.Context, name string, version *zones.Version, manifest *zones.Table, skip map[string]bool) error {
	if manifest == nil {
		return c.DB.Exec(ctx, view.Empty(name, c.columns))
	}
	if !strings.HasPrefix(manifest.Name, "raw.") {
		var files []string
		for _, part := range manifest.Parts {
			if !skip[part.Key] {
				files = append(files, filepath.Join(version.Dir(), part.File))
			}
		}
		return c.DB.Exec(ctx, view.Derived(name, manifest.Columns, files))
	}
	renamed := *manifest
	renamed.Name = name
	raw := view.RawTable{
		Manifest: &renamed, Columns: manifest.Columns, Partition: manifest.Partition,
		Path: func(file string) string { return c.Lake.Path(file) },
	}
	var sets [][]string
	for _, winner := range manifest.Winners {
		if !skip[winner.Key] {
			sets = append(sets, winner.Values)
		}
	}
	switch {
	case len(sets) == 0:
		return c.DB.Exec(ctx, view.Empty(name, manifest.Columns))
	case len(sets) < len(manifest.Winners):
		var kinds []string
		for _, column := range manifest.Partition {
			at := slices.IndexFunc(manifest.Columns, func(m zones.Column) bool { return m.Name == column })
			kinds = append(kinds, manifest.Columns[at].Type)
		}
		raw.Only = func(w zones.Winner) bool { return !skip[w.Key] }
		raw.Where = view.Condition(manifest.Partition, kinds, sets)
	}
	for _, statement := range raw.Statements() {
		if err := c.DB.Exec(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// usable is the key if both versions have all of it.
func (c comparison) usable(key []string) []string {
	for _, name := range key {
		if !slices.ContainsFunc(c.columns, func(column zones.Column) bool { return column.Name == name }) {
			return nil
		}
	}
	return key
}

func (c comparison) compare(ctx context.Context, d *Difference) error {
	var names []string
	for _, column := range c.columns {
		names = append(names, column.Name)
	}
	list := duck.Idents(names)
	side := func(change, keep, other string) string {
		return "select " + duck.Literal(change) + " as change, * from (select " + list + " from " + keep +
			" except all select " + list + " from " + other + ")"
	}
	statements := []string{"create temp table differing as " + side("removed", "version_from", "version_to") +
		" union all " + side("added", "version_to", "version_from")}
	order := "all"
	if len(d.Key) > 0 {
		order = duck.Idents(d.Key) + ", change"
		statements = append(statements, `create temp view difference as
select case when count(distinct change) over same = 2 and count(*) over same = 2
    then case change when 'removed' then 'changed from' else 'changed to' end else change end as change, * exclude (change)
from differing
window same as (partition by `+duck.Idents(d.Key)+")")
	} else {
		statements = append(statements, "create temp view difference as select * from differing")
	}
	for _, statement := range statements {
		if err := c.DB.Exec(ctx, statement); err != nil {
			return err
		}
	}
	d.order = order
	c.shown[".difference"] = &relation{made: true}
	return c.DB.One(ctx, `select count(*) filter (where change = 'added'), count(*) filter (where change = 'removed'),
    count(*) filter (where change = 'changed to') from difference`, &d.Added, &d.Removed, &d.Changed)
}

// Rows is the statement for the differing rows, row by row together.
func (d Difference) Rows(limit int) string {
	return fmt.Sprintf("select * from difference order by %s limit %d", d.order, limit)
}

// money sums every decimal column by month in both versions, where they differ.
func (c comparison) money(ctx context.Context) ([]MoneyByMonth, error) {
	month := ""
	for _, name := range []string{"sale_month", "reporting_month", "month"} {
		if month == "" && slices.ContainsFunc(c.columns, func(column zones.Column) bool { return column.Name == name && column.Type == "VARCHAR" }) {
			month = name
		}
	}
	var list []MoneyByMonth
	for _, column := range c.columns {
		if month == "" || !strings.HasPrefix(column.Type, "DECIMAL") || strings.Contains(column.Name, "share") {
			continue
		}
		sum := func(from string) string {
			return "select " + duck.Ident(month) + " as month, sum(" + duck.Ident(column.Name) + ")::decimal(38, 12) as amount from " + from + " group by 1"
		}
		statement := "select coalesce(old.month, new.month, ''), coalesce(old.amount, 0)::varchar, coalesce(new.amount, 0)::varchar," +
			" (coalesce(new.amount, 0) - coalesce(old.amount, 0))::varchar from (" + sum("version_from_whole") + ") as old full join (" +
			sum("version_to_whole") + ") as new on old.month is not distinct from new.month where coalesce(old.amount, 0) != coalesce(new.amount, 0) order by 1"
		err := c.DB.Scan(ctx, statement, func(scan func(...any) error) error {
			m := MoneyByMonth{Column: column.Name}
			err := scan(&m.Month, &m.From, &m.To, &m.Change)
			list = append(list, m)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}
