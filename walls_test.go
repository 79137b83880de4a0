package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"bedrot/extract"
)

// The walls between the folders: who may import what, and why not otherwise.
var walls = []struct {
	folder string   // below which it holds; "" is everywhere
	except []string // folders where it does not
	deny   string   // import path, or its beginning
	why    string
}{
	{"zones", nil, "bedrot/", "zones is the ground: it imports nothing of ours, so that the lake can be understood alone"},
	{"zones", nil, "net/http", "zones knows no network"},
	{"extract", nil, "bedrot/sql", "extract lands bytes and never interprets them"},
	{"extract", nil, "bedrot/export", "extract is the beginning of the flow, export its end"},
	{"sql", nil, "bedrot/extract", "SQL reads what has landed, no matter how it got there"},
	{"sql", nil, "bedrot/export", "the lake does not know who reads it"},
	{"export", nil, "bedrot/extract", "what is published comes out of the lake, never straight from a source"},
	{"", []string{"sql"}, "database/sql", "one engine, opened and fenced in one place"},
	{"", []string{"sql"}, "github.com/duckdb/", "one engine, opened and fenced in one place"},
	{"", []string{"export"}, "github.com/jackc/pgx", "PostgreSQL is a place we export to; nothing of the lake depends on it"},
	{"", []string{"extract"}, "github.com/playwright-community/", "a browser fetches bytes"},
	{"", []string{"main.go"}, "github.com/urfave/cli", "flags end in main.go; packages take values"},
}

// below reports whether a file is in a folder, or is the file itself.
func below(file, folder string) bool {
	return folder == "" || file == folder || strings.HasPrefix(file, folder+"/")
}

// faults are what a file does behind a wall.
func faults(file string, tree *ast.File) []string {
	var found []string
	for _, spec := range tree.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return []string{err.Error()}
		}
		for _, wall := range walls {
			allowed := !below(file, wall.folder)
			for _, except := range wall.except {
				allowed = allowed || below(file, except)
			}
			if !allowed && (imported == wall.deny || strings.HasPrefix(imported, wall.deny)) {
				found = append(found, file+" imports "+imported+": "+wall.why)
			}
		}
	}
	ast.Inspect(tree, func(node ast.Node) bool {
		selector, ok := node.(*ast.SelectorExpr)
		if !ok || file == "main.go" {
			return true
		}
		name, ok := selector.X.(*ast.Ident)
		if !ok || name.Name != "os" {
			return true
		}
		switch selector.Sel.Name {
		case "Getenv", "LookupEnv", "Environ", "ExpandEnv":
			found = append(found, file+" reads the environment: only main.go does")
		case "Exit":
			found = append(found, file+" ends the process: only main.go does")
		}
		return true
	})
	return found
}

func TestWalls(t *testing.T) {
	described := map[string]int{}
	parsed := 0
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (strings.HasPrefix(entry.Name(), ".") && path != "." || entry.Name() == "testdata") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		tree, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		parsed++
		for _, fault := range faults(filepath.ToSlash(path), tree) {
			t.Error(fault)
		}
		described[filepath.Dir(path)] += 0
		if tree.Doc != nil {
			described[filepath.Dir(path)]++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if parsed < 50 {
		t.Errorf("only %d files were looked at", parsed)
	}
	for folder, comments := range described {
		if comments != 1 {
			t.Errorf("package %s has %d package comments, it should have one", folder, comments)
		}
	}
}

// TestWallsStand gives the test something to find.
func TestWallsStand(t *testing.T) {
	for file, source := range map[string]string{
		"zones/x.go":         `package zones; import _ "bedrot/sql/duck"`,
		"extract/x.go":       `package extract; import _ "bedrot/sql"`,
		"sql/build/x.go":     `package build; import _ "bedrot/extract"`,
		"export/x.go":        `package export; import _ "database/sql"`,
		"extract/y.go":       `package extract; import _ "github.com/jackc/pgx/v5/pgxpool"`,
		"sql/duck/x.go":      `package duck; import "os"; var x = os.Getenv("HOME")`,
		"zones/y.go":         `package zones; import "os"; func f() { os.Exit(1) }`,
		"export/y.go":        `package export; import _ "github.com/urfave/cli/v2"`,
		"sql/query/other.go": `package query; import _ "github.com/playwright-community/playwright-go"`,
	} {
		tree, err := parser.ParseFile(token.NewFileSet(), file, source, 0)
		if err != nil {
			t.Fatal(err)
		}
		if len(faults(file, tree)) != 1 {
			t.Errorf("%s: %s: %v", file, source, faults(file, tree))
		}
	}
}

// labelled are the words of the demo's label that a text holds: its artists, accounts and titles. Words in
// capitals are found in capitals only.
func labelled(whole string, words []string) (found []string) {
	small := strings.ToLower(whole)
	for _, word := range words {
		text := small
		if word == strings.ToUpper(word) {
			text = whole
		}
		for from := 0; ; {
			at := strings.Index(text[from:], word)
			if at < 0 {
				break
			}
			begin := from + at
			if from = begin + len(word); !inWord(text, begin-1) && !inWord(text, from) {
				found = append(found, word)
				break
			}
		}
	}
	return found
}

func inWord(text string, at int) bool {
	return at >= 0 && at < len(text) && (text[at] >= 'a' && text[at] <= 'z' || text[at] >= 'A' && text[at] <= 'Z' || text[at] >= '0' && text[at] <= '9')
}

// labelWords are those of the demo. Titles of one word stay in capitals, since small they are everyday words.
func labelWords(t *testing.T) []string {
	t.Helper()
	words := []string{"zone_a0", "zone.a0", "zone a0", "zonea0", "pig1987"}
	for _, line := range strings.Split(extract.DemoCatalog(extract.DemoConfig{Seed: 1987})["tracks.csv"], "\n")[1:] {
		if fields := strings.Split(line, ","); len(fields) == 4 {
			word := fields[1]
			if strings.Contains(word, " ") {
				word = strings.ToLower(word)
			}
			words = append(words, word)
		}
	}
	if len(words) < 20 {
		t.Fatalf("only %q", words)
	}
	return words
}

// TestNothingOfALabelStandsInTheProgram: artists, accounts and titles are data. Only the demo and the
// servers that play its services know some.
func TestNothingOfALabelStandsInTheProgram(t *testing.T) {
	words, looked := labelWords(t), 0
	if got := labelled("of ZONE A0, not ozone a01; undertows", words); !slices.Equal(got, []string{"zone a0"}) {
		t.Errorf("found %q", got)
	}
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		slashed := filepath.ToSlash(path)
		if entry.IsDir() && (strings.HasPrefix(entry.Name(), ".") && path != "." || entry.Name() == "testdata" || slashed == "extract/fake") {
			return filepath.SkipDir
		}
		if name := entry.Name(); !strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, ".sql") || strings.HasSuffix(name, "_test.go") || strings.HasPrefix(slashed, "extract/demo") {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		looked++
		if found := labelled(string(text), words); len(found) > 0 {
			t.Errorf("%s knows %q", path, found)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if looked < 200 {
		t.Errorf("only %d files were looked at", looked)
	}
}
