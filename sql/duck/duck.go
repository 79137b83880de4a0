// Package duck is the embedded DuckDB: one in-memory database per process, opened with limits and
// its own spill folder, fenced, and asked through few doors. No .duckdb file exists anywhere, so
// nobody can lock anybody out.
package duck

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	duckdb "github.com/duckdb/duckdb-go/v2"
)

// Options say how much of the machine DuckDB may use. Zero values are defaults.
type Options struct {
	Memory  string // memory_limit such as "2GB"; default half of the machine's
	Threads int    // default: one per processor
	Spill   string // max_temp_directory_size; default DuckDB's, 90 % of the free disk
	// Temp is where DuckDB spills. It must be this process's own; empty forbids spilling.
	Temp string
	// Log, when set, is told each statement that ran through Exec, and how long it took.
	Log func(statement string, took time.Duration)
}

// DB is an opened DuckDB. It has one connection, used by one goroutine at a time.
type DB struct {
	pool *sql.DB
	conn *sql.Conn
	log  func(string, time.Duration)
}

// Open starts DuckDB and settles everything that could make results depend on the machine.
func Open(ctx context.Context, o Options) (*DB, error) {
	pool, err := sql.Open("duckdb", "")
	if err != nil {
		return nil, fmt.Errorf("open duckdb: %w", err)
	}
	pool.SetMaxOpenConns(1)
	pool.SetMaxIdleConns(-1) // a connection that is given back ends, and its temporary tables with it
	db := &DB{pool: pool}
	if err := db.connect(ctx, o); err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	return db, nil
}

// Renew makes the database as empty as one just opened, with other settings, at a tenth of what opening
// takes. What was made before the first Renew stays, out of sight, in the database called memory. After an
// error it is of no use but to be closed.
func (d *DB) Renew(ctx context.Context, o Options) error {
	if err := d.conn.Close(); err != nil {
		return fmt.Errorf("renew duckdb: %w", err)
	}
	if err := d.connect(ctx, o); err != nil {
		return err
	}
	for _, statement := range []string{"detach database if exists renewed", "attach ':memory:' as renewed", "use renewed"} {
		if err := d.Exec(ctx, statement); err != nil {
			return fmt.Errorf("renew duckdb: %s: %w", statement, err)
		}
	}
	return nil
}

// connect takes a new connection and settles it.
func (d *DB) connect(ctx context.Context, o Options) error {
	conn, err := d.pool.Conn(ctx)
	if err != nil {
		return fmt.Errorf("open duckdb: %w", err)
	}
	d.conn, d.log = conn, o.Log
	settings := []string{
		"set autoinstall_known_extensions = false",
		"set autoload_known_extensions = false",
		"set allow_community_extensions = false",
		"set allow_persistent_secrets = false",
		"set TimeZone = 'UTC'",
		"set preserve_insertion_order = true",
		"set partitioned_write_flush_threshold = 32768",
	}
	memory, err := memoryLimit(ctx, conn, o.Memory)
	if err != nil {
		return errors.Join(fmt.Errorf("open duckdb: %w", err), conn.Close())
	}
	settings = append(settings, "set memory_limit = "+Literal(memory))
	if o.Threads > 0 {
		settings = append(settings, fmt.Sprintf("set threads = %d", o.Threads))
	}
	temp := ""
	if o.Temp != "" {
		temp = filepath.Join(o.Temp, "spill")
	}
	settings = append(settings, "set temp_directory = "+Literal(temp))
	if o.Spill != "" && temp != "" {
		settings = append(settings, "set max_temp_directory_size = "+Literal(o.Spill))
	}
	for _, setting := range settings {
		if _, err := conn.ExecContext(ctx, setting); err != nil {
			return errors.Join(fmt.Errorf("open duckdb: %s: %w", setting, err), conn.Close())
		}
	}
	return nil
}

// memoryLimit is what was asked for, else half of the machine's: DuckDB's own default is 80 % of it
// for each process, and an analyst runs beside the job.
func memoryLimit(ctx context.Context, conn *sql.Conn, asked string) (string, error) {
	if asked != "" {
		return asked, nil
	}
	var text, unit string
	var amount float64
	if err := conn.QueryRowContext(ctx, "select current_setting('memory_limit')").Scan(&text); err != nil {
		return "", err
	}
	if _, err := fmt.Sscanf(text, "%f %s", &amount, &unit); err != nil {
		return "", fmt.Errorf("memory_limit %q: %w", text, err)
	}
	return fmt.Sprintf("%.1f%s", amount*0.5/0.8, unit), nil
}

// Close frees DuckDB and removes its spill.
func (d *DB) Close() error { return errors.Join(d.conn.Close(), d.pool.Close()) }

// Exec runs one statement for its effect.
func (d *DB) Exec(ctx context.Context, statement string) error {
	_, err := d.exec(ctx, statement, statement)
	return err
}

// Copy writes the rows of a query to a path and returns how many there were; options are those of
// COPY, in parentheses.
//
// The path goes in as a parameter: a statement that reads files is planned when it is prepared and
// again when it runs, one whose parameter is open only once.
func (d *DB) Copy(ctx context.Context, query, path, options string) (rows int64, err error) {
	head, tail := "copy (\n"+query+"\n) to ", " "+options
	result, err := d.exec(ctx, head+Literal(path)+tail, head+"$1"+tail, path)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// Keep makes a temporary table of a query's rows and returns how many there are.
//
// The query goes in as a parameter for the same reason as the path of Copy: only that what reads files is
// planned once takes a third off most tables' time.
func (d *DB) Keep(ctx context.Context, table, query string) (rows int64, err error) {
	return d.number(ctx, "create or replace temp table "+Ident(table)+" as from query($1)", query)
}

// Count counts a query's rows, which goes in as a parameter, too.
func (d *DB) Count(ctx context.Context, query string) (rows int64, err error) {
	return d.number(ctx, "select count(*) from query($1)", query)
}

// number runs a statement that answers with one.
func (d *DB) number(ctx context.Context, statement string, args ...any) (n int64, err error) {
	err = d.Scan(ctx, statement, func(scan func(...any) error) error { return scan(&n) }, args...)
	return n, err
}

// exec runs a statement that is told as another, which says the same by itself.
func (d *DB) exec(ctx context.Context, told, statement string, args ...any) (sql.Result, error) {
	start := time.Now()
	result, err := d.conn.ExecContext(ctx, statement, args...)
	if d.log != nil {
		d.log(told, time.Since(start))
	}
	if err != nil {
		return nil, wrap(ctx, told, err)
	}
	return result, nil
}

// Query runs one statement for its rows. The caller closes them before the next statement.
func (d *DB) Query(ctx context.Context, statement string, args ...any) (*sql.Rows, error) {
	start := time.Now()
	rows, err := d.conn.QueryContext(ctx, statement, args...)
	if d.log != nil {
		d.log(filledIn(statement, args), time.Since(start))
	}
	if err != nil {
		return nil, wrap(ctx, statement, err)
	}
	return rows, nil
}

// filledIn is a statement with its parameters written out.
func filledIn(statement string, args []any) string {
	for i, arg := range args {
		text := fmt.Sprint(arg)
		switch arg := arg.(type) {
		case string:
			text = Literal(arg)
		case []string:
			text = List(arg)
		}
		statement = strings.ReplaceAll(statement, fmt.Sprintf("$%d", i+1), text)
	}
	return statement
}

// Scan runs a statement and hands every row's values to each, in order.
func (d *DB) Scan(ctx context.Context, statement string, each func(scan func(...any) error) error, args ...any) (err error) {
	rows, err := d.Query(ctx, statement, args...)
	if err != nil {
		return err
	}
	defer func() {
		if closeErr := rows.Close(); err == nil {
			err = closeErr
		}
	}()
	for rows.Next() {
		if err := each(rows.Scan); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return wrap(ctx, statement, err)
	}
	return nil
}

// One reads the single row of a statement.
func (d *DB) One(ctx context.Context, statement string, dest ...any) error {
	found := false
	err := d.Scan(ctx, statement, func(scan func(...any) error) error {
		found = true
		return scan(dest...)
	})
	if err == nil && !found {
		return sql.ErrNoRows
	}
	return err
}

// Raw gives the driver's connection, for what database/sql cannot say.
func (d *DB) Raw(f func(conn *duckdb.Conn) error) error {
	return d.conn.Raw(func(driverConn any) error {
		conn, ok := driverConn.(*duckdb.Conn)
		if !ok {
			return fmt.Errorf("unexpected driver connection %T", driverConn)
		}
		return f(conn)
	})
}

// Error is DuckDB's refusal of a statement, with the statement kept beside it.
type Error struct {
	Statement string
	Err       error
}

func (e *Error) Error() string { return e.Message() }

// Message is DuckDB's own text without its echo of the statement.
func (e *Error) Message() string {
	message, _, _ := strings.Cut(e.Err.Error(), "\n\nLINE ")
	return strings.TrimSpace(message)
}

// Line is the 1-based line of the statement that DuckDB points at, 0 when it points nowhere.
func (e *Error) Line() int {
	_, rest, found := strings.Cut(e.Err.Error(), "\nLINE ")
	line := 0
	if found {
		_, _ = fmt.Sscanf(rest, "%d:", &line)
	}
	return line
}

// Column is the 1-based column DuckDB's caret points at, 0 when there is none.
func (e *Error) Column() int {
	_, rest, found := strings.Cut(e.Err.Error(), "\nLINE ")
	if !found {
		return 0
	}
	lines := strings.SplitN(rest, "\n", 3)
	if len(lines) < 2 {
		return 0
	}
	prefix := strings.Index(lines[0], ": ") + len("LINE ") + 2
	return max(strings.IndexByte(lines[1], '^')-prefix+1, 0)
}

func (e *Error) Unwrap() error { return e.Err }

func wrap(ctx context.Context, statement string, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("stopped: %w", context.Cause(ctx))
	}
	return &Error{Statement: statement, Err: err}
}

// Ident quotes an identifier.
func Ident(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// Idents quotes and joins identifiers.
func Idents(names []string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = Ident(name)
	}
	return strings.Join(quoted, ", ")
}

// Table quotes zone.table.
func Table(name string) string {
	zone, table, found := strings.Cut(name, ".")
	if !found {
		return Ident(name)
	}
	return Ident(zone) + "." + Ident(table)
}

// Literal quotes a text value.
func Literal(value string) string { return "'" + strings.ReplaceAll(value, "'", "''") + "'" }

// List is a list of text values.
func List(values []string) string {
	quoted := make([]string, len(values))
	for i, value := range values {
		quoted[i] = Literal(value)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

// Version is DuckDB's own.
func Version(ctx context.Context) (string, error) {
	db, err := Open(ctx, Options{Threads: 1, Memory: "100MB"})
	if err != nil {
		return "", err
	}
	var version string
	err = db.One(ctx, "select version()", &version)
	return version, errors.Join(err, db.Close())
}
