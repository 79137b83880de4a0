package script

import (
	"context"
	"slices"
	"strings"

	"bedrot/sql/duck"
)

// Link says that a column of a table is a column of one of its inputs, unchanged: a row of the table
// with a value in Output can only come from input rows with that value in Input.
type Link struct{ Output, Input string }

// linkProbes are values that occur nowhere else in a plan, by type, with the text DuckDB shows.
var linkProbes = map[string][2]string{
	"VARCHAR": {"'link-probe'", "'link-probe'"},
	"DATE":    {"date '2003-03-03'", "'2003-03-03'::DATE"},
	"BIGINT":  {"170717", "170717"},
}

// link finds the columns that tie a table to its inputs. It asks DuckDB to plan the script under an
// equality on one output column at a time and looks which scans the equality reached, and as what.
func (l *loader) link(ctx context.Context, s *Script) error {
	s.Links = map[string][]Link{}
	inputs := l.realInputs(s)
	body := "select * from (\n" + s.SQL + ") where "
	for _, column := range s.Columns {
		probe, ok := linkProbes[column.Type]
		if !ok {
			continue
		}
		operators, err := l.explain(ctx, body+duck.Ident(column.Name)+" = "+probe[0])
		if err != nil {
			return err
		}
		reached := map[string][]string{}
		count := map[string]int{}
		for _, scan := range scans(operators) {
			count[scan.table]++
			for _, filter := range scan.filters {
				if name, found := strings.CutSuffix(filter, "="+probe[1]); found {
					reached[scan.table] = append(reached[scan.table], name)
				}
			}
		}
		for _, input := range inputs {
			names := reached[input]
			slices.Sort(names)
			names = slices.Compact(names)
			if len(names) == 1 && len(reached[input]) == count[input] {
				s.Links[input] = append(s.Links[input], Link{Output: column.Name, Input: names[0]})
			}
		}
	}
	return nil
}
