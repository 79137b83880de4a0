package query

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"

	duckdb "github.com/duckdb/duckdb-go/v2"

	"bedrot/sql/duck"
	"bedrot/zones"
)

// Column of a result.
type Column struct {
	Name string
	Type string // DuckDB's
}

// Numeric reports whether values of the column are numbers, so that JSON needs no quotes and a table
// aligns them right.
func (c Column) Numeric() bool {
	switch c.Type {
	case "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT", "FLOAT", "DOUBLE":
		return true
	}
	return strings.HasPrefix(c.Type, "DECIMAL")
}

// Cell is one value as text; decimals keep every digit.
type Cell struct {
	Text string
	Null bool
}

// Writer receives a statement's result: the columns, then every row, then the end.
type Writer interface {
	Columns(columns []Column) error
	Row(cells []Cell) error
	End() error
}

// Run answers every statement of a text, one by one, on the session's one version.
func (s *Session) Run(ctx context.Context, text string, w Writer) error {
	statements := Split(text)
	if len(statements) == 0 {
		return &zones.Error{Code: "usage", What: "there is no statement to run", Next: "bedrot query 'select …'"}
	}
	for _, statement := range statements {
		if err := s.gate(statement); err != nil {
			return s.explain(statement, err)
		}
		if err := s.answer(ctx, statement, w); err != nil {
			return s.explain(statement, err)
		}
	}
	return nil
}

// Export writes the result of one statement to a Parquet file.
func (s *Session) Export(ctx context.Context, text, path string) error {
	statements := Split(text)
	if len(statements) != 1 {
		return &zones.Error{Code: "usage", What: fmt.Sprintf("%d statements where one is expected: a Parquet file holds one table", len(statements)), Next: "bedrot query -o parquet --out FILE 'select …'"}
	}
	if err := s.gate(statements[0]); err != nil {
		return s.explain(statements[0], err)
	}
	return s.explain(statements[0], s.DB.Exec(ctx, "copy (\n"+statements[0]+"\n) to "+duck.Literal(path)+" (format parquet, compression zstd, use_tmp_file false)"))
}

// gate lets only questions through. It uses the driver's own Prepare, which refuses more than one
// statement and runs none.
func (s *Session) gate(statement string) error {
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
		return &zones.Error{Code: "query_readonly", What: "only questions are answered here (select, from, with, describe, summarize, explain): a query never changes the lake", Next: "bedrot query 'select …'"}
	})
}

// analyses reports whether an EXPLAIN would run its statement.
func analyses(statement string) bool {
	return strings.Contains(strings.ToLower(statement), "analyze") || strings.Contains(strings.ToLower(statement), "analyse")
}

func (s *Session) answer(ctx context.Context, statement string, w Writer) (err error) {
	rows, err := s.DB.Query(ctx, statement)
	if err != nil {
		return err
	}
	defer func() {
		if closeErr := rows.Close(); err == nil {
			err = closeErr
		}
	}()
	types, err := rows.ColumnTypes()
	if err != nil {
		return err
	}
	columns := make([]Column, len(types))
	for i, kind := range types {
		columns[i] = Column{Name: kind.Name(), Type: kind.DatabaseTypeName()}
	}
	if err := w.Columns(columns); err != nil {
		return err
	}
	if err := copyRows(rows, columns, w); err != nil {
		return err
	}
	return w.End()
}

func copyRows(rows *sql.Rows, columns []Column, w Writer) error {
	values, dest, cells := make([]any, len(columns)), make([]any, len(columns)), make([]Cell, len(columns))
	for i := range values {
		dest[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			return err
		}
		for i, value := range values {
			cells[i] = cell(value, columns[i].Type)
		}
		if err := w.Row(cells); err != nil {
			return err
		}
	}
	return rows.Err()
}

func cell(value any, kind string) Cell {
	switch value := value.(type) {
	case nil:
		return Cell{Null: true}
	case string:
		return Cell{Text: value}
	case []byte:
		return Cell{Text: string(value)}
	case bool:
		return Cell{Text: strconv.FormatBool(value)}
	case float64:
		return Cell{Text: strconv.FormatFloat(value, 'g', -1, 64)}
	case float32:
		return Cell{Text: strconv.FormatFloat(float64(value), 'g', -1, 32)}
	case *big.Int:
		return Cell{Text: value.String()}
	case duckdb.Decimal:
		return Cell{Text: decimalText(value)}
	case time.Time:
		return Cell{Text: timeText(value, kind)}
	case fmt.Stringer:
		return Cell{Text: value.String()}
	case int8, int16, int32, int64, uint8, uint16, uint32, uint64, int:
		return Cell{Text: fmt.Sprint(value)}
	}
	if text, err := json.Marshal(plain(value)); err == nil {
		return Cell{Text: string(text)}
	}
	return Cell{Text: fmt.Sprint(value)}
}

// decimalText writes every digit of the scale, as the statement it came from does.
func decimalText(d duckdb.Decimal) string {
	if d.Scale == 0 {
		return d.Value.String()
	}
	digits := new(big.Int).Abs(d.Value).String()
	if missing := int(d.Scale) + 1 - len(digits); missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	point := len(digits) - int(d.Scale)
	sign := ""
	if d.Value.Sign() < 0 {
		sign = "-"
	}
	return sign + digits[:point] + "." + digits[point:]
}

func timeText(t time.Time, kind string) string {
	switch kind {
	case "DATE":
		return t.Format(time.DateOnly)
	case "TIME":
		return t.Format("15:04:05.999999")
	}
	return t.Format("2006-01-02 15:04:05.999999")
}

// plain turns nested values into what JSON can hold.
func plain(value any) any {
	switch value := value.(type) {
	case []any:
		list := make([]any, len(value))
		for i, item := range value {
			list[i] = plain(item)
		}
		return list
	case map[string]any:
		object := map[string]any{}
		for key, item := range value {
			object[key] = plain(item)
		}
		return object
	case duckdb.Map:
		object := map[string]any{}
		for key, item := range value {
			object[fmt.Sprint(key)] = plain(item)
		}
		return object
	case duckdb.Decimal:
		return json.Number(decimalText(value))
	case time.Time:
		return timeText(value, "TIMESTAMP")
	}
	return value
}

// explain adds to a refused statement its place and the tables there are.
func (s *Session) explain(statement string, err error) error {
	refusal, ok := err.(*duck.Error) //nolint:errorlint // only DuckDB's own, not what wraps it
	if !ok {
		return err
	}
	where := ""
	if line := refusal.Line(); line > 0 {
		where = fmt.Sprintf("line %d, column %d", line, refusal.Column())
		if lines := strings.Split(statement, "\n"); line <= len(lines) {
			where += ": " + strings.TrimSpace(lines[line-1])
		}
	}
	next := "bedrot tables"
	if s.Version == nil {
		next = "bedrot run   (nothing has been published yet)"
	}
	return &zones.Error{Code: "query", What: refusal.Message(), Where: where, Next: next, Err: err}
}
