package query

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	duckdb "github.com/duckdb/duckdb-go/v2"

	"bedrot/sql/duck"
	"bedrot/zones"
)

// fence closes DuckDB off: files outside the lake cannot be opened, and no setting can be changed.
func (s *Session) fence(ctx context.Context, writable string) error {
	statements := []string{"set allowed_directories = " + duck.List([]string{s.Lake.Path("raw") + "/", s.Lake.Path("versions") + "/", s.Lake.Path("audit") + "/"})}
	if writable != "" {
		statements = append(statements, "set allowed_paths = "+duck.List([]string{writable}))
	}
	statements = append(statements, "set enable_external_access = false", "set lock_configuration = true")
	for _, statement := range statements {
		if err := s.DB.Exec(ctx, statement); err != nil {
			return err
		}
	}
	var access, locked bool
	if err := s.DB.One(ctx, "select current_setting('enable_external_access'), current_setting('lock_configuration')", &access, &locked); err != nil {
		return err
	}
	if access || !locked {
		return fmt.Errorf("the query fence does not hold: external access %t, configuration locked %t", access, locked)
	}
	return nil
}

// forbidden are functions that a SELECT may call and that do more than answer: they write log files in
// spite of the locked configuration, or run SQL that no gate has seen.
var forbidden = []string{"enable_logging", "disable_logging", "truncate_duckdb_logs", "query", "json_execute_serialized_sql"}

// questions are the first words of what DuckDB answers and cannot give a parse tree of.
var questions = []string{"describe", "desc", "summarize", "show", "pivot", "unpivot", "with", "from", "select", "values"}

// gate lets only questions through. It uses the driver's own Prepare, which refuses more than one
// statement and runs none.
func (s *Session) gate(ctx context.Context, statement string) error {
	explained := statement
	if rest, ok := cutWord(statement, "explain"); ok {
		explained, _ = cutWord(rest, "analyze")
	}
	tree, err := s.allowed(ctx, explained)
	if err != nil {
		return err
	}
	if err := s.needed(ctx, tree); err != nil {
		return err
	}
	return s.DB.Raw(func(conn *duckdb.Conn) error {
		prepared, err := conn.Prepare(statement)
		if err != nil {
			return &duck.Error{Statement: statement, Err: err}
		}
		defer func() { _ = prepared.Close() }()
		typed, ok := prepared.(*duckdb.Stmt)
		if !ok {
			return fmt.Errorf("unexpected driver statement %T", prepared)
		}
		kind, err := typed.StatementType()
		if err != nil {
			return err
		}
		if kind == duckdb.STATEMENT_TYPE_SELECT || kind == duckdb.STATEMENT_TYPE_EXPLAIN && !analyses(statement) {
			return nil
		}
		return readonly()
	})
}

func readonly() error {
	return &zones.Error{Code: "query_readonly", What: "only questions are answered here (select, from, with, describe, summarize, explain): a query never changes the lake", Next: "bedrot query 'select …'"}
}

// allowed refuses what calls a forbidden function, before DuckDB binds it: binding alone may act. It
// returns the parse tree, nil where there is none. Off
// the parse tree where DuckDB can give one; what it cannot (describe, summarize, pivot) must not even
// name such a function.
func (s *Session) allowed(ctx context.Context, statement string) (duck.Tree, error) {
	var called []string
	tree, err := s.DB.Parse(ctx, statement)
	var unparsed *duck.ParseError
	switch {
	case errors.As(err, &unparsed):
		words := strings.FieldsFunc(strings.ToLower(statement), func(r rune) bool {
			return r != '_' && (r < 'a' || r > 'z') && (r < '0' || r > '9')
		})
		// Preparing alone would act for some (export database makes its folder).
		if len(words) == 0 || !slices.Contains(questions, words[0]) {
			return nil, readonly()
		}
		called = words
	case err != nil:
		return nil, err
	default:
		duck.Walk(tree, func(node map[string]any) {
			if name, ok := node["function_name"].(string); ok {
				called = append(called, strings.ToLower(name))
			}
		})
	}
	for _, name := range forbidden {
		if slices.Contains(called, name) {
			return nil, &zones.Error{Code: "query_readonly", What: name + "() is not for questions: it could write, or run what nobody has looked at", Next: "bedrot query 'select …'"}
		}
	}
	return tree, nil
}

// cutWord takes a word off the beginning of a statement, comments before it included.
func cutWord(statement, word string) (rest string, found bool) {
	trimmed := strings.TrimSpace(statement)
	if len(trimmed) <= len(word) || !strings.EqualFold(trimmed[:len(word)], word) || !strings.ContainsRune(" \t\r\n(/-", rune(trimmed[len(word)])) {
		return statement, false
	}
	return trimmed[len(word):], true
}

// analyses reports whether an EXPLAIN would run its statement.
func analyses(statement string) bool {
	return strings.Contains(strings.ToLower(statement), "analyze") || strings.Contains(strings.ToLower(statement), "analyse")
}
