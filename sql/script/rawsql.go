package script

import (
	"context"
	"encoding/json"

	"bedrot/sql/duck"
)

// carried are columns of landing that pass through a raw script beside what it selects.
var carried = []string{"_problem", "_extra", "_file", "_start"}

// addCarried makes the form of a raw script that the engine runs: with its own columns of landing
// added to the select list.
func (l *loader) addCarried(ctx context.Context, s *Script) error {
	if s.tree == nil {
		tree, err := l.db.Parse(ctx, s.SQL)
		if err != nil {
			return err
		}
		s.tree = tree
	}
	data, err := json.Marshal(s.tree)
	if err != nil {
		return err
	}
	var tree duck.Tree
	if err := duck.DecodeTree(data, &tree); err != nil {
		return err
	}
	node := tree.Node()
	list, _ := node["select_list"].([]any)
	for _, name := range carried {
		list = append(list, map[string]any{
			"class": "COLUMN_REF", "type": "COLUMN_REF", "alias": "", "query_location": json.Number("0"), "column_names": []any{name},
		})
	}
	node["select_list"] = list
	s.Carrying, err = l.db.SQL(ctx, tree)
	return err
}
