// Package warehouse is the SQL of the PostgreSQL database that bedrot publishes into: the versioned schema
// of what bedrot keeps there for itself (schema/), the dashboards' views (views/) and the roles. The
// published tables are not here: they come from the catalog's headers.
package warehouse

import (
	"embed"
	"fmt"
	"io/fs"
	"regexp"
	"strconv"
	"strings"
)

//go:embed schema/*.sql views/*.sql roles.sql
var files embed.FS

// Roles is the SQL an administrator runs once to have bedrot_writer, bedrot_reader and bedrot_partner.
func Roles() string {
	text, err := files.ReadFile("roles.sql")
	if err != nil {
		return ""
	}
	return string(text)
}

// Change is one step of the schema: applied once, in order, each with its transaction.
type Change struct {
	Number int
	Name   string
	SQL    string
}

// View is a dashboard's view: its name, the grain and the columns' meanings, the SELECT.
type View struct {
	Name    string // without the schema
	Grain   string
	Columns []Doc // in the order of the header
	Reads   []string
	SQL     string
}

// Doc is a column and what it means.
type Doc struct{ Name, Text string }

var changeName = regexp.MustCompile(`^(\d{3})_([a-z_]+)\.sql$`)

// Changes lists the steps of the schema; their numbers are 1, 2, 3 … without a gap.
func Changes() ([]Change, error) {
	entries, err := fs.ReadDir(files, "schema")
	if err != nil {
		return nil, err
	}
	var changes []Change
	for i, entry := range entries {
		m := changeName.FindStringSubmatch(entry.Name())
		if m == nil {
			return nil, fmt.Errorf("schema/%s: not a change's name: NNN_what.sql", entry.Name())
		}
		number, _ := strconv.Atoi(m[1])
		if number != i+1 {
			return nil, fmt.Errorf("schema/%s: number %d is expected", entry.Name(), i+1)
		}
		text, err := files.ReadFile("schema/" + entry.Name())
		if err != nil {
			return nil, err
		}
		changes = append(changes, Change{number, m[2], string(text)})
	}
	return changes, nil
}

var (
	viewName  = regexp.MustCompile(`^\d\d_([a-z_]+)\.sql$`)
	columnDoc = regexp.MustCompile(`^-- column ([a-z0-9_]+): (.+)$`)
	reads     = regexp.MustCompile(`(?:from|join)\s+curated\.([a-z0-9_]+)`)
)

// Views lists the dashboards' views in the order in which they are made.
func Views() ([]View, error) {
	entries, err := fs.ReadDir(files, "views")
	if err != nil {
		return nil, err
	}
	var views []View
	for _, entry := range entries {
		m := viewName.FindStringSubmatch(entry.Name())
		text, err := files.ReadFile("views/" + entry.Name())
		if err != nil {
			return nil, err
		}
		if m == nil {
			return nil, fmt.Errorf("views/%s: not a view's name: NN_name.sql", entry.Name())
		}
		view := View{Name: m[1]}
		lines := strings.Split(string(text), "\n")
		view.Grain = strings.TrimSpace(strings.TrimPrefix(lines[0], "--"))
		body := 0
		for body < len(lines) && strings.HasPrefix(lines[body], "--") {
			if doc := columnDoc.FindStringSubmatch(lines[body]); doc != nil {
				view.Columns = append(view.Columns, Doc{doc[1], doc[2]})
			}
			body++
		}
		view.SQL = strings.TrimSpace(strings.Join(lines[body:], "\n"))
		seen := map[string]bool{}
		for _, read := range reads.FindAllStringSubmatch(view.SQL, -1) {
			if name := "curated." + read[1]; !seen[name] {
				seen[name] = true
				view.Reads = append(view.Reads, name)
			}
		}
		views = append(views, view)
	}
	return views, nil
}
