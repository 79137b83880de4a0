package export

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"bedrot/sql/query"
)

// Formats are the forms of a query's result, apart from parquet, which DuckDB writes itself.
func Formats() []string {
	return []string{"table", "csv", "tsv", "json", "ndjson", "markdown", "xlsx"}
}

// Writer returns a writer of results in one of Formats. Only table and markdown hold all rows in
// memory, as they must to align them; xlsx keeps them in the scratch folder.
func Writer(format string, out io.Writer, scratch string) (query.Writer, error) {
	buffered := bufio.NewWriter(out)
	switch format {
	case "table", "markdown":
		return &prettyWriter{out: buffered, markdown: format == "markdown"}, nil
	case "csv":
		return &delimitedWriter{out: buffered, delimiter: ",", harmless: true}, nil
	case "tsv":
		return &delimitedWriter{out: buffered, delimiter: "\t"}, nil
	case "xlsx":
		return newXLSX(out, scratch)
	case "json":
		return &jsonWriter{out: buffered, open: "[", between: ",\n ", end: "]\n"}, nil
	case "ndjson":
		return &jsonWriter{out: buffered, between: "\n", end: "\n"}, nil
	}
	return nil, fmt.Errorf("unknown format %q: one of %s, parquet", format, strings.Join(Formats(), ", "))
}

// delimitedWriter writes RFC 4180 CSV, or TSV quoted by the same rules. NULL is an empty field, the
// empty text is "". CSV is what people open in a spreadsheet, so text that would be a formula there is
// made harmless; TSV is verbatim.
type delimitedWriter struct {
	out       *bufio.Writer
	delimiter string
	harmless  bool
	columns   []query.Column
}

func (w *delimitedWriter) field(s string) string {
	if s == "" || strings.ContainsAny(s, w.delimiter+"\"\r\n") {
		return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
	}
	return s
}

func (w *delimitedWriter) Columns(columns []query.Column) error {
	w.columns = columns
	names := make([]string, len(columns))
	for i, column := range columns {
		names[i] = w.field(w.text(column.Name))
	}
	_, err := w.out.WriteString(strings.Join(names, w.delimiter) + "\n")
	return err
}

func (w *delimitedWriter) Row(cells []query.Cell) error {
	for i, cell := range cells {
		if i > 0 {
			_, _ = w.out.WriteString(w.delimiter)
		}
		switch {
		case cell.Null:
		case w.columns[i].Numeric():
			_, _ = w.out.WriteString(w.field(cell.Text))
		default:
			_, _ = w.out.WriteString(w.field(w.text(cell.Text)))
		}
	}
	return w.out.WriteByte('\n')
}

func (w *delimitedWriter) text(s string) string {
	if w.harmless {
		return harmless(s)
	}
	return s
}

func (w *delimitedWriter) End() error { return w.out.Flush() }

// jsonWriter writes one object a row, keys in the order of the columns. Numbers keep every digit.
type jsonWriter struct {
	out                *bufio.Writer
	open, between, end string
	columns            []query.Column
	names              []string
	rows               int
}

func (w *jsonWriter) Columns(columns []query.Column) error {
	w.columns, w.names, w.rows = columns, nil, 0
	for _, column := range columns {
		name, err := json.Marshal(column.Name)
		if err != nil {
			return err
		}
		w.names = append(w.names, string(name))
	}
	_, err := w.out.WriteString(w.open)
	return err
}

func (w *jsonWriter) Row(cells []query.Cell) error {
	if w.rows > 0 {
		_, _ = w.out.WriteString(w.between)
	}
	w.rows++
	_ = w.out.WriteByte('{')
	for i, cell := range cells {
		if i > 0 {
			_ = w.out.WriteByte(',')
		}
		value, err := jsonValue(w.columns[i], cell)
		if err != nil {
			return err
		}
		_, _ = w.out.WriteString(w.names[i] + ":" + value)
	}
	return w.out.WriteByte('}')
}

func jsonValue(column query.Column, cell query.Cell) (string, error) {
	switch {
	case cell.Null:
		return "null", nil
	case column.Numeric() && json.Valid([]byte(cell.Text)), column.Type == "BOOLEAN":
		return cell.Text, nil
	case nested(column.Type) && json.Valid([]byte(cell.Text)):
		return cell.Text, nil
	}
	text, err := json.Marshal(cell.Text)
	return string(text), err
}

func nested(kind string) bool {
	return kind == "JSON" || strings.HasSuffix(kind, "]") || strings.HasPrefix(kind, "STRUCT") || strings.HasPrefix(kind, "MAP")
}

func (w *jsonWriter) End() error {
	if w.rows > 0 || w.open != "" {
		_, _ = w.out.WriteString(w.end)
	}
	return w.out.Flush()
}

// prettyWriter aligns columns: as a table for a terminal, or as Markdown.
type prettyWriter struct {
	out      *bufio.Writer
	markdown bool
	table    table.Writer
	columns  int
}

func (w *prettyWriter) Columns(columns []query.Column) error {
	w.table, w.columns = table.NewWriter(), len(columns)
	style := table.StyleLight
	style.Format.Header = text.FormatDefault
	style.Options.SeparateRows, style.Options.DrawBorder, style.Options.SeparateColumns = false, false, true
	w.table.SetStyle(style)
	header, configs := make(table.Row, len(columns)), make([]table.ColumnConfig, len(columns))
	for i, column := range columns {
		header[i] = clean(column.Name)
		configs[i] = table.ColumnConfig{Number: i + 1}
		if column.Numeric() {
			configs[i].Align, configs[i].AlignHeader = text.AlignRight, text.AlignRight
		}
	}
	w.table.AppendHeader(header)
	w.table.SetColumnConfigs(configs)
	return nil
}

func (w *prettyWriter) Row(cells []query.Cell) error {
	row := make(table.Row, len(cells))
	for i, cell := range cells {
		row[i] = clean(cell.Text)
	}
	w.table.AppendRow(row)
	return nil
}

func (w *prettyWriter) End() error {
	render := w.table.Render
	if w.markdown {
		render = w.table.RenderMarkdown
	}
	rendered := render()
	_, _ = w.out.WriteString(rendered + "\n")
	return w.out.Flush()
}

// clean takes control characters out of text that goes to a terminal.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
}
