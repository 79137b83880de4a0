package script

import (
	"regexp"
	"strings"
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
