package script

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"bedrot/sql/duck"
	"bedrot/zones"
)

var allowedType = regexp.MustCompile(`^(BOOLEAN|BIGINT|DOUBLE|DECIMAL\(\d+,\d+\)|VARCHAR|DATE|TIMESTAMP|JSON)$`)

// typeScript describes a script against the tables before it, makes its own table in the planning
// database, and proves whether its partitions can be built alone.
func (l *loader) typeScript(ctx context.Context, s *Script) error {
	for _, input := range s.Inputs {
		if made := l.byTable[BaseTable(input)]; made != nil && made.Disabled != nil && s.Disabled == nil {
			s.Disabled = fmt.Errorf("%s reads %s, which is disabled: %w", s.Path, input, made.Disabled)
		}
	}
	if s.Disabled != nil {
		return nil
	}
	key := l.planKey(s)
	if l.recallPlan(s, key) {
		return nil
	}
	before := l.faults()
	if err := l.typeAnew(ctx, s); err != nil {
		return err
	}
	if s.Disabled == nil && l.faults() == before {
		l.keepPlan(key, s)
	}
	return nil
}

func (l *loader) typeAnew(ctx context.Context, s *Script) error {
	if err := l.open(ctx); err != nil {
		return err
	}
	for _, input := range s.Inputs {
		if err := l.makeInput(ctx, input); err != nil {
			return err
		}
	}
	if s.Kind == Raw {
		if err := l.db.Exec(ctx, landingProbe(s)); err != nil {
			return err
		}
	}
	columns, err := l.describe(ctx, s.SQL)
	if err := l.refused(ctx, s, -1, err); err != nil || s.Disabled != nil {
		return err
	}
	s.Columns = columns
	switch s.Kind {
	case Raw:
		return l.typeRaw(ctx, s)
	case Feed:
		l.typeFeed(s)
		return nil
	case CheckScript:
		return nil
	}
	for _, column := range s.Columns {
		if !allowedType.MatchString(column.Type) {
			l.fault(s, 0, "column %s is %s: only boolean, bigint, double, decimal, varchar, date, timestamp and json leave a script (cast it, as in sum(x)::bigint)", column.Name, column.Type)
		}
	}
	l.checkHeaderColumns(s)
	if s.Disabled != nil {
		return nil
	}
	if err := l.checkExpressions(ctx, s); err != nil || s.Disabled != nil {
		return err
	}
	if err := l.prove(ctx, s); err != nil {
		return err
	}
	if l.linked[s.Table] {
		return l.link(ctx, s)
	}
	return nil
}

// makeInput makes a table that a script reads in the planning database, if nobody has yet.
func (l *loader) makeInput(ctx context.Context, name string) error {
	s := l.byTable[BaseTable(name)]
	if s == nil || s.Disabled != nil || l.made[s.Table] {
		return nil
	}
	l.made[s.Table] = true
	switch s.Kind {
	case Feed:
		for _, member := range s.Members {
			if err := l.makeInput(ctx, member); err != nil {
				return err
			}
		}
		return l.db.Exec(ctx, l.FeedView(s))
	case Raw:
		asOf := zones.Column{Name: "_as_of", Type: "TIMESTAMP"}
		if err := l.makeProbe(ctx, s.Table+"__history", append(slices.Clone(s.Columns), asOf)); err != nil {
			return err
		}
		reason := zones.Column{Name: "reject_reason", Type: "VARCHAR"}
		if err := l.makeProbe(ctx, s.Table+"__rejected", append(slices.Clone(s.Columns), reason)); err != nil {
			return err
		}
	}
	return l.makeProbe(ctx, s.Table, s.Columns)
}

func (l *loader) describe(ctx context.Context, query string) ([]zones.Column, error) {
	var columns []zones.Column
	err := l.db.Scan(ctx, "describe\n"+query, func(scan func(...any) error) error {
		var column zones.Column
		var null, key, def, extra any
		err := scan(&column.Name, &column.Type, &null, &key, &def, &extra)
		columns = append(columns, column)
		return err
	})
	return columns, err
}

// landingProbe is the landing relation of a raw script with one empty row.
func landingProbe(s *Script) string {
	var columns []string
	add := func(name, kind string) { columns = append(columns, "null::"+kind+" as "+duck.Ident(name)) }
	if s.Header.Format == "csv" {
		for _, column := range s.Header.Columns {
			add(column.Names[0], "varchar")
		}
	} else {
		add("record", "json")
	}
	for _, name := range slices.Concat(s.Labels(), s.HeaderLabels(), s.RecordColumns()) {
		add(name, "varchar")
	}
	if s.Header.Last != "" {
		add(LastColumn, "varchar")
	}
	add("_as_of", "timestamp")
	return "create or replace table landing as select " + strings.Join(columns, ", ")
}

// typeRaw checks the operators of a raw script's plan: anything but a scan and projections could lose,
// add or reorder rows.
func (l *loader) typeRaw(ctx context.Context, s *Script) error {
	operators, err := l.explain(ctx, s.SQL)
	if err != nil {
		return err
	}
	for _, op := range operators {
		if op.Name != "PROJECTION" && strings.TrimSpace(op.Name) != "SEQ_SCAN" {
			l.fault(s, 0, "a raw script maps each row to one row, but this one needs %s", op.Name)
		}
	}
	for _, column := range engineColumns {
		if _, clash := s.Column(column.Name); clash {
			l.fault(s, 0, "column %s is the engine's own", column.Name)
		}
	}
	if _, rejects := s.Column("reject_reason"); rejects {
		s.Columns = slices.DeleteFunc(s.Columns, func(c zones.Column) bool { return c.Name == "reject_reason" })
	}
	s.Columns = append(s.Columns, engineColumns...)
	if err := l.addCarried(ctx, s); err != nil {
		return err
	}
	s.Header.Partition = s.partition()
	l.checkHeaderColumns(s)
	return nil
}

// typeFeed holds every member to the contract.
func (l *loader) typeFeed(s *Script) {
	for _, table := range s.Members {
		member := l.byTable[table]
		if member.Disabled != nil {
			continue
		}
		for _, column := range s.Columns {
			got, ok := member.Column(column.Name)
			switch {
			case !ok:
				l.fault(member, 0, "feeds: %s wants a column %s %s", s.Entity, column.Name, column.Type)
			case got.Type != column.Type:
				l.fault(member, 0, "feeds: %s wants %s to be %s, it is %s", s.Entity, column.Name, column.Type, got.Type)
			}
		}
		for _, column := range member.Columns {
			if _, ok := s.Column(column.Name); !ok {
				l.fault(member, 0, "column %s is not in the contract of feeds.%s", column.Name, s.Entity)
			}
		}
	}
}

// FeedView is the statement that makes a feed out of its members.
func (c *Catalog) FeedView(s *Script) string {
	names := duck.Idents(s.Names())
	var selects []string
	for _, table := range s.Members {
		if c.byTable[table].Disabled == nil {
			selects = append(selects, "select "+names+" from "+duck.Table(table))
		}
	}
	if len(selects) == 0 {
		return "create or replace view " + duck.Table(s.Table) + " as\n" + s.SQL
	}
	return "create or replace view " + duck.Table(s.Table) + " as\n" + strings.Join(selects, "\nunion all\n")
}

// checkHeaderColumns: what the header names must be columns; curated columns must be described.
func (l *loader) checkHeaderColumns(s *Script) {
	want := func(key string, names []string) {
		for _, name := range names {
			if _, ok := s.Column(name); !ok {
				l.fault(s, 0, "%s: there is no column %q", key, name)
			}
		}
	}
	want("partition", s.Header.Partition)
	if s.Header.Identity != "" {
		want("identity", []string{s.Header.Identity})
	}
	if untold := s.Header.Untold; untold != "" {
		want("untold", []string{untold})
		if column, ok := s.Column(untold); ok && column.Type != "BOOLEAN" {
			l.fault(s, 0, "untold: %s is %s, not boolean", untold, column.Type)
		}
	}
	want("key", s.Header.Key)
	dated := func(name string) bool { column, _ := s.Column(name); return column.Type == "DATE" }
	if s.Header.Pages != "" && !slices.ContainsFunc(s.Header.Partition, dated) {
		l.fault(s, 0, "pages: none of the partition's columns is a date")
	}
	for name := range s.Header.Docs {
		want("column", []string{name})
	}
	for _, name := range s.Header.Partition {
		if column, ok := s.Column(name); ok && partitionProbe(column.Type) == nil {
			l.fault(s, 0, "partition: %s is %s; a partition is text, a date or a whole number", name, column.Type)
		}
	}
	if s.Kind == Curated {
		for _, column := range s.Columns {
			if s.Header.Docs[column.Name] == "" {
				l.fault(s, 0, "column %s has no description: -- column %s: …", column.Name, column.Name)
			}
		}
	}
	if s.Kind != Curated && s.Header.Export != "" {
		l.fault(s, 0, "export: only curated tables leave the lake")
	}
	if s.Header.Export != "" && s.Header.KeyNone {
		l.fault(s, 0, "export: rows without a key cannot be told apart in a warehouse")
	}
}

// checkExpressions binds every `check:` expression.
func (l *loader) checkExpressions(ctx context.Context, s *Script) error {
	for _, check := range s.Header.Checks {
		_, err := l.describe(ctx, "select ("+check.Expr+")::boolean as ok from (\n"+s.SQL+")")
		var refusal *duck.Error
		if err != nil && asRefusal(err, &refusal) {
			l.fault(s, 0, "check: %s: %s", check.Expr, refusal.Message())
			continue
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// makeProbe makes a table with a low, a high and an empty row, so that no plan is cut short because
// the optimizer knows a column to be empty or narrow.
func (l *loader) makeProbe(ctx context.Context, table string, columns []zones.Column) error {
	low, high, none := make([]string, len(columns)), make([]string, len(columns)), make([]string, len(columns))
	for i, column := range columns {
		lo, hi := extremes(column.Type)
		name := " as " + duck.Ident(column.Name)
		cast := "::" + column.Type + name
		low[i], high[i], none[i] = lo+cast, hi+cast, "null"+cast
	}
	return l.db.Exec(ctx, "create or replace table "+duck.Table(table)+" as select "+strings.Join(low, ", ")+
		" union all select "+strings.Join(high, ", ")+" union all select "+strings.Join(none, ", "))
}

func extremes(kind string) (low, high string) {
	switch {
	case kind == "BOOLEAN":
		return "false", "true"
	case kind == "DATE" || kind == "TIMESTAMP":
		return "'0001-01-01'", "'9999-12-31'"
	case kind == "BIGINT":
		return "-1000000000000", "1000000000000"
	case kind == "JSON":
		return "'1'", "'2'"
	case kind == "VARCHAR":
		return "''", "'~~~~~~~~~~~~'"
	case strings.HasPrefix(kind, "DECIMAL"):
		return "-0.5", "0.5"
	case kind == "DOUBLE":
		return "-1e12", "1e12"
	}
	return "null", "null"
}
