package export

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"bedrot/sql/query"
)

// Question is SQL and where its answer goes.
type Question struct {
	SQL string
	// Format is one of Formats or parquet; empty is a table on a terminal, else CSV.
	Format string
	// File is written instead of Out when it is named.
	File string
	Out  io.Writer
}

// Settle fills in the defaults and refuses what cannot be answered, before anything is opened.
func (q *Question) Settle() (err error) {
	switch {
	case q.Format == "" && q.File == "" && IsTerminal(q.Out):
		q.Format = "table"
	case q.Format == "":
		q.Format = "csv"
	case q.Format == "parquet" && q.File == "":
		return errors.New("-o parquet needs --out FILE")
	case q.Format != "parquet" && !slices.Contains(Formats(), q.Format):
		return fmt.Errorf("unknown format %q: one of %s, parquet", q.Format, strings.Join(Formats(), ", "))
	}
	if q.File != "" {
		q.File, err = filepath.Abs(q.File)
	}
	return err
}

// Answer writes the answer of a settled question.
func (q Question) Answer(ctx context.Context, s *query.Session) error {
	if q.Format == "parquet" {
		return s.Export(ctx, q.SQL, q.File)
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
	w, err := Writer(q.Format, out)
	if err != nil {
		return err
	}
	return s.Run(ctx, q.SQL, w)
}
