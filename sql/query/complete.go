package query

import (
	"context"
	"maps"
	"slices"
	"strings"
	"unicode"

	"bedrot/sql/duck"
	"bedrot/sql/script"
)

// Candidate is a word that may come next.
type Candidate struct{ Word, Kind string }

// Unfinished reports whether a text is the beginning of a statement that more lines may complete: it
// does not end in a semicolon, or that one stands in a quote or comment.
func Unfinished(text string) bool {
	text = strings.TrimSpace(text)
	if text == "" || strings.HasPrefix(text, ".") {
		return false
	}
	if onlyComments(text) {
		return strings.HasPrefix(text, "/*") && !strings.HasSuffix(text, "*/")
	}
	// A statement after the last semicolon that counts is one that has no end yet.
	return !strings.HasSuffix(text, ";") || len(Split(text+"\n'x'")) == len(Split(text))
}

// word is the part of a name that stands before the cursor.
func word(text string) string {
	at := strings.LastIndexFunc(text, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' && r != '.'
	})
	return text[at+1:]
}

// Complete lists what the word at the end of a text may become, sorted: tables, columns of tables that
// the text names, keywords. A column may be written behind the name or alias of its table.
func (s *Session) Complete(ctx context.Context, before, after string) (prefix string, candidates []Candidate, err error) {
	prefix = word(before)
	words := map[string]string{}
	lower := strings.ToLower(prefix)
	add := func(word, kind string) {
		if _, known := words[word]; !known && strings.HasPrefix(strings.ToLower(word), lower) && len(word) > len(prefix) {
			words[word] = kind
		}
	}
	behind, _, qualified := cutLast(prefix, ".")
	for _, name := range s.names() {
		add(name, "table")
	}
	for _, schema := range append([]string{"archive"}, script.Schemas...) {
		if !qualified {
			add(schema+".", "schema")
		}
	}
	for _, table := range s.named(before + " " + after) {
		columns, err := s.columnsOf(ctx, table)
		if err != nil {
			return prefix, nil, err
		}
		for _, column := range columns {
			add(column, "column")
			if qualified && !isSchema(behind) {
				add(behind+"."+column, "column")
			}
		}
	}
	if !qualified && prefix != "" {
		keywords, err := s.keywords(ctx)
		if err != nil {
			return prefix, nil, err
		}
		for _, keyword := range keywords {
			add(keyword, "keyword")
		}
	}
	for _, word := range slices.Sorted(maps.Keys(words)) {
		candidates = append(candidates, Candidate{word, words[word]})
	}
	return prefix, candidates, nil
}

func cutLast(text, mark string) (before, after string, found bool) {
	if at := strings.LastIndex(text, mark); at >= 0 {
		return text[:at], text[at+len(mark):], true
	}
	return text, "", false
}

func isSchema(name string) bool {
	return name == "archive" || slices.Contains(script.Schemas, strings.ToLower(name))
}

// names are the relations of the session, sorted.
func (s *Session) names() []string { return slices.Sorted(maps.Keys(s.shown)) }

// named are the relations whose names a text holds.
func (s *Session) named(text string) []string {
	var tables []string
	for _, name := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' && r != '.'
	}) {
		if s.shown[name] != nil && !slices.Contains(tables, name) {
			tables = append(tables, name)
		}
	}
	return tables
}

func (s *Session) columnsOf(ctx context.Context, table string) ([]string, error) {
	if err := s.Need(ctx, table); err != nil {
		return nil, err
	}
	schema, name, _ := strings.Cut(table, ".")
	return s.texts(ctx, "select column_name from duckdb_columns() where lower(schema_name) = "+duck.Literal(schema)+" and lower(table_name) = "+duck.Literal(name)+" order by column_index")
}

func (s *Session) keywords(ctx context.Context) ([]string, error) {
	return s.texts(ctx, "select keyword_name from duckdb_keywords() where keyword_category in ('reserved', 'type_function') order by all")
}

func (s *Session) texts(ctx context.Context, statement string) (list []string, err error) {
	err = s.DB.Scan(ctx, statement, func(scan func(...any) error) error {
		var text string
		err := scan(&text)
		list = append(list, text)
		return err
	})
	return list, err
}

// Columns are a relation's columns with their types.
func (s *Session) Columns(ctx context.Context, table string) (columns []Column, err error) {
	if err := s.Need(ctx, table); err != nil {
		return nil, err
	}
	schema, name, _ := strings.Cut(strings.ToLower(table), ".")
	err = s.DB.Scan(ctx, "select column_name, data_type from duckdb_columns() where lower(schema_name) = "+duck.Literal(schema)+" and lower(table_name) = "+duck.Literal(name)+" order by column_index", func(scan func(...any) error) error {
		var c Column
		err := scan(&c.Name, &c.Type)
		columns = append(columns, c)
		return err
	})
	return columns, err
}

// Relations are the names of everything that can be asked, sorted.
func (s *Session) Relations() []string { return s.names() }
