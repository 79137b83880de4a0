package script

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"bedrot/sql/duck"
)

// Macro is one `create macro` statement.
type Macro struct{ Name, SQL string }

var macroName = regexp.MustCompile(`(?is)^create\s+(?:or\s+replace\s+)?macro\s+(\w+)`)

// ParseMacros splits the text of a macro file.
func ParseMacros(text string) []Macro {
	var macros []Macro
	for _, statement := range MacroStatements(text) {
		macro := Macro{SQL: statement}
		if m := macroName.FindStringSubmatch(statement); m != nil {
			macro.Name = strings.ToLower(m[1])
		}
		macros = append(macros, macro)
	}
	return macros
}

var word = regexp.MustCompile(`\w+`)

// UsedMacros are those that texts name, and those these stand on, in their order. Each costs DuckDB about a
// millisecond, and few are used by any one question or table.
func UsedMacros(macros []Macro, texts ...string) []Macro {
	named := map[string]bool{}
	add := func(text string) {
		for _, name := range word.FindAllString(text, -1) {
			named[strings.ToLower(name)] = true
		}
	}
	for _, text := range texts {
		add(text)
	}
	used := make([]bool, len(macros))
	for grown := true; grown; {
		grown = false
		for i, macro := range macros {
			if !used[i] && named[macro.Name] {
				used[i], grown = true, true
				add(macro.SQL)
			}
		}
	}
	var list []Macro
	for i, macro := range macros {
		if used[i] {
			list = append(list, macro)
		}
	}
	return list
}

// MacroSet are macros that are made in a database as somebody uses them.
type MacroSet struct {
	All  []Macro
	made map[string]bool
	seen map[string]bool // texts whose macros are there
}

// AllMacros are the catalog's, none of them made.
func (c *Catalog) AllMacros() *MacroSet {
	var m MacroSet
	for _, file := range c.Macros {
		m.All = append(m.All, ParseMacros(file.SQL)...)
	}
	return &m
}

// Make makes those that texts name and that are not there yet; without a text, all.
func (m *MacroSet) Make(ctx context.Context, db *duck.DB, texts ...string) error {
	macros, all := m.All, strings.Join(texts, "\n")
	if len(texts) > 0 && m.seen[all] {
		return nil
	}
	if len(texts) > 0 {
		macros = UsedMacros(m.All, texts...)
	}
	for _, macro := range macros {
		if m.made[macro.Name] {
			continue
		}
		if err := db.Exec(ctx, macro.SQL); err != nil {
			return fmt.Errorf("macro %s: %w", macro.Name, err)
		}
		if m.made == nil {
			m.made = map[string]bool{}
		}
		m.made[macro.Name] = true
	}
	if m.seen == nil {
		m.seen = map[string]bool{}
	}
	m.seen[all] = true
	return nil
}

// Texts are everything of a script that may name a macro.
func (s *Script) Texts() []string {
	texts := []string{s.SQL}
	for _, check := range s.Header.Checks {
		texts = append(texts, check.Expr)
	}
	return texts
}
