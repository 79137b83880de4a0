package export

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"time"

	"bedrot/sql/query"
	"bedrot/sql/script"
	"bedrot/zones"
)

// Shell answers statements and dot commands one after the other, on the one version of its session.
type Shell struct {
	Session *query.Session
	// Catalog loads the scripts when somebody asks for a schema.
	Catalog  func(context.Context, *zones.Lake) (*script.Catalog, error)
	In       io.Reader
	Out, Err io.Writer
	Quiet    bool
	// Page shows a text that may be longer than the terminal; nil prints it.
	Page   func(text []byte) error
	Mode   string
	Timing bool
	Now    func() time.Time

	terminal *Terminal // nil where a stream is answered
}

// Open opens the terminal, if that is what the shell is used on, before the session's fence leaves nothing
// but the lake to this process; see OpenTerminal.
func (s *Shell) Open(history, state string) (err error) {
	s.Mode = "csv"
	if !IsTerminal(s.In) || !IsTerminal(s.Out) {
		return nil
	}
	s.Mode, s.Timing = "table", true
	s.terminal, err = OpenTerminal(history, state)
	return err
}

// Close closes the terminal.
func (s *Shell) Close() error {
	if s.terminal == nil {
		return nil
	}
	return s.terminal.Close()
}

// Serve answers what is typed on the terminal, until the person or SIGTERM ends it, which quits the program,
// or what a stream says; it reports whether all of that went well.
func (s *Shell) Serve(ctx context.Context, quit func()) (ok bool, err error) {
	if s.terminal == nil {
		return s.Read(ctx, s.In)
	}
	Talk{Out: s.Err, Quiet: s.Quiet}.Say("bedrot: lake %s. Statements end with a semicolon; .help says more", s.Session.Lake.Root)
	return true, s.terminal.Run(ctx, s, quit)
}

// errQuit ends a shell.
var errQuit = errors.New("quit")

const shellHelp = `Statements end with a semicolon and may span lines. Tab completes; up and down walk the history; Ctrl-C
stops a statement or drops the line; Ctrl-D or .quit ends.

  .tables [PATTERN]   what can be asked, as in .tables curated.*
  .schema TABLE       its columns, described
  .mode [FORMAT]      how answers look: table, csv, tsv, json, ndjson, markdown
  .timing on|off      say how many rows came and how long it took
  .pager on|off       long answers in $PAGER, else less
  .version            which version of the lake answers
  .help               this
  .quit               end`

// Handle does what one input says. It returns errQuit to end, and tells every other error itself,
// reporting whether all went well.
func (s *Shell) Handle(ctx context.Context, text string) (ok bool, err error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return true, nil
	}
	if strings.HasPrefix(text, ".") {
		err = s.command(ctx, strings.Fields(strings.TrimSuffix(text, ";")))
	} else {
		err = s.statements(ctx, text)
	}
	if errors.Is(err, errQuit) {
		return true, err
	}
	if err != nil {
		Talk{Out: s.Err}.Failure(zones.AsError(ctx, err))
	}
	return err == nil, nil
}

func (s *Shell) statements(ctx context.Context, text string) error {
	for _, statement := range query.Split(text) {
		start := s.Now()
		out := s.Out
		var page bytes.Buffer
		if s.Page != nil {
			out = &page
		}
		w, err := Writer(s.Mode, out, s.Session.Scratch())
		if err != nil {
			return err
		}
		counting := &countingWriter{Writer: w}
		err = s.Session.Run(ctx, statement, counting)
		if s.Page != nil && err == nil {
			err = s.Page(page.Bytes())
		}
		if err != nil {
			return err
		}
		if s.Timing {
			rows := fmt.Sprintf("%d rows", counting.rows)
			if counting.rows == 1 {
				rows = "1 row"
			}
			Talk{Out: s.Err}.Tell("(%s, %s)", rows, s.Now().Sub(start).Round(time.Millisecond))
		}
	}
	return nil
}

type countingWriter struct {
	query.Writer
	rows int64
}

func (w *countingWriter) Row(cells []query.Cell) error {
	w.rows++
	return w.Writer.Row(cells)
}

func (s *Shell) command(ctx context.Context, words []string) error {
	argument := strings.Join(words[1:], " ")
	out := Talk{Out: s.Out}
	switch words[0] {
	case ".quit", ".exit", ".q":
		return errQuit
	case ".help":
		out.Tell("%s", shellHelp)
	case ".tables":
		return s.tables(argument)
	case ".schema":
		return s.schema(ctx, argument)
	case ".version":
		if v := s.Session.Version; v == nil {
			out.Tell("nothing has been published yet")
		} else {
			out.Tell("version %s of %s, DuckDB %s", v.Run, v.Created.Format(time.RFC3339), v.Engine)
		}
	case ".mode":
		formats := slices.DeleteFunc(Formats(), func(f string) bool { return f == "xlsx" })
		switch {
		case argument == "":
			out.Tell("%s", s.Mode)
		case !slices.Contains(formats, argument):
			return s.wrong("there is no mode %q: one of %s", argument, strings.Join(formats, ", "))
		default:
			s.Mode = argument
		}
	case ".timing", ".timer":
		return s.toggle(argument, &s.Timing)
	case ".pager":
		return s.wrong("there is no terminal to page on")
	default:
		return s.wrong("there is no command %s", words[0])
	}
	return nil
}

func (s *Shell) wrong(format string, args ...any) error {
	return &zones.Error{Code: "usage", What: fmt.Sprintf(format, args...), Next: ".help"}
}

func (s *Shell) toggle(argument string, what *bool) error {
	if argument != "on" && argument != "off" {
		return s.wrong("on or off?")
	}
	*what = argument == "on"
	return nil
}

func (s *Shell) tables(pattern string) error {
	for _, name := range s.Session.Relations() {
		if fits, err := path.Match(pattern, name); err != nil {
			return s.wrong("%q is no pattern: write it like curated.*", pattern)
		} else if pattern != "" && !fits {
			continue
		}
		rows := ""
		if v := s.Session.Version; v != nil {
			if ref, ok := v.Tables[name]; ok {
				rows = fmt.Sprint(ref.Rows)
			}
		}
		Talk{Out: s.Out}.Tell("%-44s %12s", name, rows)
	}
	return nil
}

func (s *Shell) schema(ctx context.Context, table string) error {
	catalog, err := s.Catalog(ctx, s.Session.Lake)
	if err != nil {
		return err
	}
	if made := catalog.Script(table); made != nil && s.Session.Version != nil {
		Talk{Out: s.Out}.Columns(made, s.Session.Version.Tables[table])
		return nil
	}
	columns, err := s.Session.Columns(ctx, table)
	if err != nil {
		return err
	}
	if len(columns) == 0 {
		return &zones.Error{Code: "table_unknown", What: "there is no table " + table, Next: ".tables"}
	}
	for _, column := range columns {
		Talk{Out: s.Out}.Tell("  %-24s %s", column.Name, column.Type)
	}
	return nil
}

// Read answers what a stream says, until its end or the first error; it reports whether all went well.
// Statements end at semicolons, dot commands at the end of their line.
func (s *Shell) Read(ctx context.Context, in io.Reader) (bool, error) {
	text, err := io.ReadAll(io.LimitReader(in, 16<<20))
	if err != nil {
		return false, err
	}
	pending := ""
	for line := range strings.Lines(string(text)) {
		if pending += line; query.Unfinished(pending) {
			continue
		}
		ok, err := s.Handle(ctx, pending)
		if errors.Is(err, errQuit) {
			return true, nil
		}
		if err != nil || !ok {
			return false, err
		}
		pending = ""
	}
	ok, err := s.Handle(ctx, pending)
	if errors.Is(err, errQuit) {
		err = nil
	}
	return ok, err
}
