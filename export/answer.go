package export

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"bedrot/sql/query"
	"bedrot/zones"
)

// Question is SQL and where its answer goes. The SQL is a file's, else the words of a command line, else
// what comes in.
type Question struct {
	Script string // the file
	Words  []string
	In     io.Reader
	// Format is one of Formats or parquet; empty is a table on a terminal, else CSV.
	Format string
	// File is written instead of Out when it is named.
	File string
	Out  io.Writer

	sql string
}

// read finds out what is asked. On a terminal nobody is kept waiting for it.
func (q *Question) read() (err error) {
	var text []byte
	switch {
	case q.Script != "":
		text, err = os.ReadFile(q.Script)
	case len(q.Words) > 0:
		text = []byte(strings.Join(q.Words, " "))
	case IsTerminal(q.In):
		return zones.Usage("which question? bedrot query 'select …'")
	default:
		text, err = io.ReadAll(io.LimitReader(q.In, 16<<20))
	}
	q.sql = string(text)
	return err
}

// Settle reads the question, fills in the defaults and refuses what cannot be answered, before anything is
// opened.
func (q *Question) Settle() (err error) {
	if err := q.read(); err != nil {
		return err
	}
	switch {
	case q.Format == "" && q.File == "" && IsTerminal(q.Out):
		q.Format = "table"
	case q.Format == "":
		q.Format = "csv"
	case q.Format == "parquet" && q.File == "":
		return zones.Usage("-o parquet needs --out FILE")
	case q.Format == "xlsx" && q.File == "" && IsTerminal(q.Out):
		return zones.Usage("-o xlsx needs --out FILE")
	case q.Format != "parquet" && !slices.Contains(Formats(), q.Format):
		return zones.Usage("unknown format %q: one of %s, parquet", q.Format, strings.Join(Formats(), ", "))
	}
	if IsTerminal(q.Out) {
		q.Out = &terminalWriter{out: q.Out}
	}
	if q.File != "" {
		if q.File, err = filepath.Abs(q.File); err != nil {
			return zones.Usage("%v", err)
		}
	}
	return nil
}

// terminalWriter lets no control character through to a terminal but tab and new line: what a file
// says must not steer it.
type terminalWriter struct {
	out  io.Writer
	lead bool // the byte before was the first of a C1 control in UTF-8
}

func (w *terminalWriter) Write(data []byte) (int, error) {
	plain := make([]byte, 0, len(data)+1)
	for _, c := range data {
		switch {
		case w.lead && c >= 0x80 && c < 0xa0:
			plain = append(plain, ' ')
			w.lead = false
			continue
		case w.lead:
			plain = append(plain, 0xc2)
			w.lead = false
		}
		switch {
		case c == 0xc2:
			w.lead = true
		case c == 0x7f || c < 0x20 && c != '\t' && c != '\n':
			plain = append(plain, ' ')
		default:
			plain = append(plain, c)
		}
	}
	if _, err := w.out.Write(plain); err != nil {
		return 0, err
	}
	return len(data), nil
}

// Answer writes the answer of a settled question.
func (q Question) Answer(ctx context.Context, s *query.Session) error {
	if q.Format == "parquet" {
		return s.Export(ctx, q.sql, q.File)
	}
	if q.File == "" {
		return q.write(ctx, s, q.Out)
	}
	file, err := os.Create(q.File)
	if err != nil {
		return err
	}
	return errors.Join(q.write(ctx, s, file), file.Close())
}

func (q Question) write(ctx context.Context, s *query.Session, out io.Writer) error {
	w, err := Writer(q.Format, out, s.Scratch())
	if err != nil {
		return err
	}
	if err := s.Run(ctx, q.sql, w); err != nil {
		return err
	}
	if book, ok := w.(io.Closer); ok {
		return book.Close()
	}
	return nil
}
