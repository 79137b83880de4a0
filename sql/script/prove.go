package script

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"bedrot/sql/duck"
)

func asRefusal(err error, refusal **duck.Error) bool { return errors.As(err, refusal) }

// operator is one node of a physical plan.
type operator struct {
	Name     string         `json:"name"`
	Children []operator     `json:"children"`
	Extra    map[string]any `json:"extra_info"`
}

// explain lists the operators of a statement's plan.
func (l *loader) explain(ctx context.Context, query string) ([]operator, error) {
	var kind, text string
	if err := l.db.One(ctx, "explain (format json)\n"+query, &kind, &text); err != nil {
		return nil, err
	}
	var roots []operator
	if err := json.Unmarshal([]byte(text), &roots); err != nil {
		return nil, fmt.Errorf("read plan: %w", err)
	}
	var all []operator
	var walk func([]operator)
	walk = func(list []operator) {
		for _, op := range list {
			all = append(all, op)
			walk(op.Children)
		}
	}
	walk(roots)
	return all, nil
}

// scan is a table scan of a plan and the filters that reached it.
type scan struct {
	table   string
	filters []string
}

func scans(operators []operator) []scan {
	var found []scan
	for _, op := range operators {
		table, ok := op.Extra["Table"].(string)
		if !ok {
			continue
		}
		s := scan{table: strings.TrimPrefix(table, "memory.")}
		switch filters := op.Extra["Filters"].(type) {
		case string:
			s.filters = []string{filters}
		case []any:
			for _, filter := range filters {
				s.filters = append(s.filters, fmt.Sprint(filter))
			}
		}
		found = append(found, s)
	}
	return found
}

// partitionProbe is two values of a type with the text DuckDB shows for an equality with each; nil
// when the type cannot be a partition.
func partitionProbe(kind string) [][2]string {
	switch kind {
	case "VARCHAR":
		return [][2]string{{"'probe-a'", "'probe-a'"}, {"'probe-b'", "'probe-b'"}}
	case "DATE":
		return [][2]string{{"date '2001-01-01'", "'2001-01-01'::DATE"}, {"date '2002-02-02'", "'2002-02-02'::DATE"}}
	case "BIGINT":
		return [][2]string{{"17", "17"}, {"18", "18"}}
	}
	return nil
}

// prove decides whether a table's partitions can be built alone, by those of its partition columns that
// all partitioned inputs have (the others only cut its files smaller). It asks DuckDB to plan the script
// under a filter on these columns, twice with different values, and demands to find that very
// equality at every scan of every partitioned input, and as many scans as without the filter. The
// optimizer only moves a filter to where it means the same, so narrowing the inputs beforehand does too.
func (l *loader) prove(ctx context.Context, s *Script) error {
	if len(s.Header.Partition) == 0 {
		s.WhyNot = "it has no partition"
		return l.required(s)
	}
	if s.RunDate {
		s.WhyNot = "it uses the run's date"
		return l.required(s)
	}
	inputs := l.realInputs(s)
	partitioned := map[string]bool{}
	by := slices.Clone(s.Header.Partition)
	for _, input := range inputs {
		made := l.byTable[BaseTable(input)]
		if len(made.Header.Partition) == 0 {
			continue
		}
		if input != made.Table {
			s.WhyNot = "it reads " + input
			return l.required(s)
		}
		by = slices.DeleteFunc(by, func(name string) bool {
			own, _ := s.Column(name)
			theirs, ok := made.Column(name)
			return !ok || theirs.Type != own.Type || !slices.Contains(made.Header.Partition, name)
		})
		if len(by) == 0 {
			s.WhyNot = fmt.Sprintf("%s is not partitioned by %s", input, strings.Join(s.Header.Partition, ", "))
			return l.required(s)
		}
		partitioned[input] = true
	}
	if len(partitioned) == 0 {
		s.WhyNot = "none of its inputs is partitioned"
		return l.required(s)
	}
	s.NarrowBy = by
	why, err := l.proveBySight(ctx, s, partitioned)
	if err != nil {
		return err
	}
	s.Narrow, s.WhyNot = why == "", why
	return l.required(s)
}

func (l *loader) required(s *Script) error {
	if s.Header.Incremental && !s.Narrow {
		l.fault(s, 0, "incremental: required, but its partitions cannot be built alone: %s", s.WhyNot)
	}
	return nil
}

// realInputs are a script's inputs with each feed replaced by its members.
func (c *Catalog) realInputs(s *Script) []string {
	var names []string
	for _, input := range s.Inputs {
		if feed := c.byTable[input]; feed != nil && feed.Kind == Feed {
			names = append(names, feed.Members...)
		} else {
			names = append(names, input)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// RealInputs are the tables a script stands on directly, feeds resolved to their members.
func (c *Catalog) RealInputs(s *Script) []string { return c.realInputs(s) }

func (l *loader) proveBySight(ctx context.Context, s *Script, partitioned map[string]bool) (string, error) {
	body := "select * from (\n" + s.SQL + ")"
	plain, err := l.explain(ctx, body)
	if err != nil {
		return "", err
	}
	for probe := range 2 {
		var where, wanted []string
		for _, name := range s.NarrowBy {
			column, _ := s.Column(name)
			value := partitionProbe(column.Type)[probe]
			where = append(where, duck.Ident(name)+" = "+value[0])
			wanted = append(wanted, name+"="+value[1])
		}
		narrowed, err := l.explain(ctx, body+" where "+strings.Join(where, " and "))
		if err != nil {
			return "", err
		}
		if why := missingFilter(scans(plain), scans(narrowed), wanted, partitioned); why != "" {
			return why, nil
		}
	}
	return "", nil
}

func missingFilter(plain, narrowed []scan, wanted []string, partitioned map[string]bool) string {
	if len(plain) != len(narrowed) {
		return "the plan reads other tables under the filter"
	}
	seen := map[string]bool{}
	for _, s := range narrowed {
		if !partitioned[s.table] {
			continue
		}
		seen[s.table] = true
		for _, filter := range wanted {
			if !slices.Contains(s.filters, filter) {
				return fmt.Sprintf("the filter %s does not reach %s", filter, s.table)
			}
		}
	}
	for table := range partitioned {
		if !seen[table] {
			return "the plan does not read " + table
		}
	}
	return ""
}
