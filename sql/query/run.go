package query

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"

	duckdb "github.com/duckdb/duckdb-go/v2"

	"bedrot/sql/duck"
	"bedrot/zones"
)

// Ask opens a version, or with nil the published one, hands it on and closes it.
func Ask(ctx context.Context, lake *zones.Lake, version *zones.Version, o Options, do func(*Session) error) error {
	var s *Session
	var err error
	if version == nil {
		s, err = OpenCurrent(ctx, lake, o)
	} else {
		s, err = Open(ctx, lake, version, o)
	}
	if err != nil {
		return err
	}
	return errors.Join(do(s), s.Close())
}

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
		err := s.limited(ctx, func(ctx context.Context) error {
			if err := s.gate(ctx, statement); err != nil {
				return err
			}
			return s.answer(ctx, statement, w)
		})
		if err != nil {
			return s.explain(statement, err)
		}
	}
	return nil
}

// limited runs one statement within the session's time.
func (s *Session) limited(ctx context.Context, run func(context.Context) error) error {
	if s.timeout > 0 {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeoutCause(ctx, s.timeout, &zones.Error{
			Code: "query_timeout", What: fmt.Sprintf("the statement took longer than %s", s.timeout),
			Next: "ask for less, or give it longer: --timeout 1h",
		})
		defer stop()
	}
	return run(ctx)
}

// Export writes the result of one statement to a Parquet file.
func (s *Session) Export(ctx context.Context, text, path string) error {
	statements := Split(text)
	if len(statements) != 1 {
		return &zones.Error{Code: "usage", What: fmt.Sprintf("%d statements where one is expected: a Parquet file holds one table", len(statements)), Next: "bedrot query -o parquet --out FILE 'select …'"}
	}
	return s.explain(statements[0], s.limited(ctx, func(ctx context.Context) error {
		if err := s.gate(ctx, statements[0]); err != nil {
			return err
		}
		_, err := s.DB.Copy(ctx, statements[0], path, "(format parquet, compression zstd, use_tmp_file false)")
		return err
	}))
}

// Own answers one statement of the program's own. It is not judged; what it reads is made.
func (s *Session) Own(ctx context.Context, statement string, w Writer) error {
	if s.shown != nil {
		tree, err := s.DB.Parse(ctx, statement)
		if err != nil {
			return err
		}
		if err := s.needed(ctx, tree); err != nil {
			return err
		}
	}
	return s.answer(ctx, statement, w)
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
	if err := s.copyRows(rows, columns, w); err != nil {
		return cause(ctx, err)
	}
	return w.End()
}

// cause is why a statement was stopped, where it was.
func cause(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("stopped: %w", context.Cause(ctx))
	}
	return err
}

func (s *Session) copyRows(rows *sql.Rows, columns []Column, w Writer) error {
	var written int64
	values, dest, cells := make([]any, len(columns)), make([]any, len(columns)), make([]Cell, len(columns))
	for i := range values {
		dest[i] = &values[i]
	}
	for rows.Next() {
		if written++; s.maxRows > 0 && written > s.maxRows {
			return errors.Join(w.End(), &zones.Error{
				Code: "query_rows", What: fmt.Sprintf("the answer has more than %d rows: only those were written", s.maxRows),
				Next: "ask for less, or for all of it: --max-rows 0, or -o parquet --out FILE",
			})
		}
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
	what, advice, _ := strings.Cut(refusal.Message(), "\n\nPossible solutions")
	if advice != "" && strings.HasPrefix(what, "Out of Memory") {
		next = "give it more: --memory 8GB"
	}
	return &zones.Error{Code: "query", What: what, Where: where, Next: next, Err: err}
}
