package postgres

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"bedrot/sql/script"
	"bedrot/zones"
)

// Table is a curated table as the warehouse has it.
type Table struct {
	Name      string // curated.royalties, here and in the lake
	Doc       string // the grain
	Columns   []Column
	Key       []string
	Partition []string // of the key; nil where the table is compared whole
	Kept      bool     // its script cannot be used: it goes on showing what it shows
}

// Column is a column of a published table.
type Column struct {
	Name   string // in PostgreSQL
	Source string // in the lake
	Type   string // PostgreSQL's, as format_type writes it
	Doc    string
	Absent bool // the version has no such column: it is published as NULL
}

// Tables are the catalog's tables with `export:`.
func Tables(catalog *script.Catalog) ([]Table, error) {
	var tables []Table
	for _, s := range catalog.Scripts {
		if s.Header.Export == "" || s.Kind != script.Curated {
			continue
		}
		if s.Disabled != nil {
			tables = append(tables, Table{Name: s.Table, Kept: true})
			continue
		}
		table := Table{Name: s.Table, Doc: s.Header.Grain, Key: s.Header.Key}
		for _, column := range s.Columns {
			made, err := newColumn(column)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", s.Path, err)
			}
			made.Doc = s.Header.Docs[column.Name]
			table.Columns = append(table.Columns, made)
		}
		// Rows of a partition can be compared alone only if the key says which partition they are of.
		if inside(s.Header.Partition, table.Key) {
			table.Partition = s.Header.Partition
		}
		tables = append(tables, table)
	}
	slices.SortFunc(tables, func(a, b Table) int { return strings.Compare(a.Name, b.Name) })
	return tables, nil
}

func inside(names, of []string) bool {
	return !slices.ContainsFunc(names, func(name string) bool { return !slices.Contains(of, name) })
}

// extra is what a column of undeclared values is called in the lake; it travels as jsonb.
const extra = "_extra"

func newColumn(column zones.Column) (Column, error) {
	kind, err := kindOf(column.Type)
	if err != nil {
		return Column{}, fmt.Errorf("column %s: %w", column.Name, err)
	}
	made := Column{Name: column.Name, Source: column.Name, Type: kind}
	if column.Name == extra {
		made.Name, made.Type = "extra", "jsonb"
	}
	return made, nil
}

// kindOf is the PostgreSQL type that holds every value of a DuckDB type.
func kindOf(kind string) (string, error) {
	switch kind {
	case "VARCHAR":
		return "text", nil
	case "BIGINT":
		return "bigint", nil
	case "INTEGER", "SMALLINT", "TINYINT":
		return "integer", nil
	case "BOOLEAN":
		return "boolean", nil
	case "DATE":
		return "date", nil
	case "TIMESTAMP":
		return "timestamp with time zone", nil // the lake's times are UTC
	case "DOUBLE":
		return "double precision", nil
	case "JSON":
		return "jsonb", nil
	}
	var precision, scale int
	if n, err := fmt.Sscanf(kind, "DECIMAL(%d,%d)", &precision, &scale); err == nil && n == 2 {
		return fmt.Sprintf("numeric(%d,%d)", precision, scale), nil
	}
	return "", fmt.Errorf("PostgreSQL has no type for %s", kind)
}

// widens reports whether a column of a type can become one of another and still hold all it held.
func widens(from, to string) bool {
	if to == "text" || from == "integer" && to == "bigint" || from == "date" && strings.HasPrefix(to, "timestamp") {
		return true
	}
	var p, s, q, r int
	if _, err := fmt.Sscanf(to, "numeric(%d,%d)", &q, &r); err != nil {
		return false
	}
	if _, err := fmt.Sscanf(from, "numeric(%d,%d)", &p, &s); err == nil {
		return r >= s && q-r >= p-s
	}
	digits := map[string]int{"integer": 10, "bigint": 19}[from]
	return digits > 0 && q-r >= digits
}

// Money lists the columns whose sums must survive the way to the last digit: amounts, not what is formed
// of them.
func (t Table) Money() []Column {
	var money []Column
	for _, column := range t.Columns {
		amount := strings.HasSuffix(column.Name, "_usd") || slices.Contains([]string{"spend", "sales", "gross", "net", "amount"}, column.Name)
		for _, formed := range []string{"cpc_", "cpm_", "cost_per_", "median_", "mean_", "slope_"} {
			amount = amount && !strings.HasPrefix(column.Name, formed)
		}
		if amount && strings.HasPrefix(column.Type, "numeric") && !column.Absent {
			money = append(money, column)
		}
	}
	return money
}

// groups are the columns by which money is compared: the partition's, else a month's.
func (t Table) groups() []string {
	if len(t.Partition) > 0 {
		return t.Partition
	}
	for _, name := range []string{"reporting_month", "sale_month", "month"} {
		if _, ok := t.column(name); ok {
			return []string{name}
		}
	}
	return nil
}

func (t Table) column(name string) (Column, bool) {
	for _, column := range t.Columns {
		if column.Name == name {
			return column, true
		}
	}
	return Column{}, false
}

func (t Table) names() []string {
	names := make([]string, len(t.Columns))
	for i, column := range t.Columns {
		names[i] = column.Name
	}
	return names
}

// values are the columns that are not of the key.
func (t Table) values() []Column {
	return slices.DeleteFunc(slices.Clone(t.Columns), func(c Column) bool { return slices.Contains(t.Key, c.Name) })
}

// shape changes whenever the table is to be published whole because its columns are others.
func (t Table) shape() string {
	hash := sha256.New()
	for _, column := range t.Columns {
		_, _ = fmt.Fprintf(hash, "%s\x00%s\x00%v\n", column.Name, column.Type, column.Absent)
	}
	_, _ = fmt.Fprintf(hash, "%q %q", t.Key, t.Partition)
	return hex.EncodeToString(hash.Sum(nil)[:8])
}

// fit is the table as a version has it, which may be older than the scripts: its columns and types are the
// version's. A column that the version lacks is NULL.
func (t Table) fit(manifest *zones.Table) (Table, error) {
	had := map[string]Column{}
	var more []Column
	for _, column := range manifest.Columns {
		made, err := newColumn(column)
		if err != nil {
			return t, fmt.Errorf("%s: %w", t.Name, err)
		}
		had[column.Name] = made
		if _, known := t.column(made.Name); !known {
			more = append(more, made)
		}
	}
	t.Columns = slices.Clone(t.Columns)
	for i, column := range t.Columns {
		made, there := had[column.Source]
		if t.Columns[i].Absent = !there; there {
			t.Columns[i].Type = made.Type
		}
	}
	t.Columns = append(t.Columns, more...)
	return t, nil
}

// quote writes an identifier, table a schema and a table, literal a text.
func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

func quoteAll(names []string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = quote(name)
	}
	return strings.Join(quoted, ", ")
}

func qualified(name string) string {
	schema, table, _ := strings.Cut(name, ".")
	return quote(schema) + "." + quote(table)
}

// literal is safe whatever standard_conforming_strings says: a text with a backslash is an E string.
func literal(text string) string {
	text = strings.ReplaceAll(text, "'", "''")
	if strings.Contains(text, `\`) {
		return "E'" + strings.ReplaceAll(text, `\`, `\\`) + "'"
	}
	return "'" + text + "'"
}
