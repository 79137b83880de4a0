package duck

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
)

// Tree is a parsed statement: DuckDB's own parse tree as generic JSON, numbers kept as text.
type Tree map[string]any

// Parse reads SQL that must be a single SELECT.
func (d *DB) Parse(ctx context.Context, query string) (Tree, error) {
	var text string
	if err := d.One(ctx, "select json_serialize_sql("+Literal(query)+")::varchar", &text); err != nil {
		return nil, err
	}
	var tree Tree
	if err := DecodeTree([]byte(text), &tree); err != nil {
		return nil, err
	}
	if failed, _ := tree["error"].(bool); failed {
		message, _ := tree["error_message"].(string)
		position, _ := tree["position"].(string)
		return nil, &ParseError{Message: message, Position: atoi(position)}
	}
	statements, _ := tree["statements"].([]any)
	if len(statements) != 1 {
		return nil, &ParseError{Message: fmt.Sprintf("%d statements where one SELECT is expected", len(statements)), Position: -1}
	}
	return tree, nil
}

// DecodeTree reads a tree from its JSON; positions stay the numbers they were.
func DecodeTree(data []byte, tree *Tree) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	if err := decoder.Decode(tree); err != nil {
		return fmt.Errorf("parse tree: %w", err)
	}
	return nil
}

// ParseError says why SQL is not a single SELECT. Position is a byte offset, or -1.
type ParseError struct {
	Message  string
	Position int
}

func (e *ParseError) Error() string { return e.Message }

func atoi(s string) int {
	n := -1
	_, _ = fmt.Sscanf(s, "%d", &n)
	return n
}

// Node is the statement's query node.
func (t Tree) Node() map[string]any {
	statements, _ := t["statements"].([]any)
	statement, _ := statements[0].(map[string]any)
	node, _ := statement["node"].(map[string]any)
	return node
}

// SQL turns the tree back into text.
func (d *DB) SQL(ctx context.Context, tree Tree) (string, error) {
	data, err := json.Marshal(tree)
	if err != nil {
		return "", err
	}
	var text string
	err = d.One(ctx, "select json_deserialize_sql("+Literal(string(data))+"::json)", &text)
	return text, err
}

// Walk visits every object of the tree, parents before children.
func Walk(node any, visit func(map[string]any)) {
	switch node := node.(type) {
	case map[string]any:
		visit(node)
		for _, child := range node {
			Walk(child, visit)
		}
	case Tree:
		Walk(map[string]any(node), visit)
	case []any:
		for _, child := range node {
			Walk(child, visit)
		}
	}
}
