package build

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bedrot/sql/duck"
	"bedrot/sql/read"
)

var fieldTexts = []string{
	"a", "", " ", " padded ", "NULL", "null", "NaN", "\\N", "#1", "--", "it's", "é", "日本", "🎵", "0190000000003", "1.10", "-0.031335192000",
	"1e5", "true", "2025-01", "a\\", "\\", "/", "=1+1", "x y",
}

// TestReaderAgreesWithDuckDB writes files of every line end, delimiter and way of quoting, with what
// people's fields hold, and demands that DuckDB gives back just those fields, through the copy and
// without one, on one thread and two.
func TestReaderAgreesWithDuckDB(t *testing.T) {
	db, err := duck.Open(t.Context(), duck.Options{Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	chance := rand.New(rand.NewPCG(5, 8))
	dir := t.TempDir()
	copies, straight := 0, 0
	for round := range 250 {
		newline := []string{"\n", "\r\n", "\r"}[chance.IntN(3)]
		delim := []string{",", "\t", ";", "|"}[chance.IntN(4)]
		quoting := chance.IntN(3) // none, all, those in need
		var rows [][]string
		for range 1 + chance.IntN(12) {
			row := make([]string, 3)
			for i := range row {
				row[i] = fieldTexts[chance.IntN(len(fieldTexts))]
				switch special := chance.IntN(12); {
				case special == 0 && quoting > 0:
					row[i] += delim + `"` + "x"
				case special == 1 && quoting > 0 && newline == "\n":
					row[i] += "\nmore"
				case special == 2 && quoting == 0 && delim == "\t":
					row[i] = `12" remix`
				}
			}
			row[0] = "r" + row[0]
			rows = append(rows, row)
		}
		var b strings.Builder
		write := func(row []string) {
			for i, field := range row {
				if i > 0 {
					b.WriteString(delim)
				}
				if quoting == 1 || quoting == 2 && strings.ContainsAny(field, delim+"\"\n\r") {
					field = `"` + strings.ReplaceAll(field, `"`, `""`) + `"`
				}
				b.WriteString(field)
			}
			b.WriteString(newline)
		}
		header := []string{"one", "two", "three"}
		if quoting == 2 && delim == "\t" {
			quoting = 1 // a TSV is quoted throughout or not at all
		}
		write(header)
		for _, row := range rows {
			write(row)
		}
		path := filepath.Join(dir, fmt.Sprintf("%d.csv", round))
		if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		spec := read.Spec{Format: "csv", Columns: []read.Column{{Names: []string{"one"}}, {Names: []string{"two"}}, {Names: []string{"three"}}}}
		table, err := read.Prepare(t.Context(), read.Member{Name: "x.csv", Path: path}, spec, dir, read.Limits{})
		if err != nil {
			t.Fatalf("round %d: %v\n%q", round, err, b.String())
		}
		if table.Canonical {
			copies++
		} else {
			straight++
		}
		if table.Records != int64(len(rows)) || table.Bad != 0 {
			t.Fatalf("round %d: %d records, %d bad, want %d\n%q", round, table.Records, table.Bad, len(rows), b.String())
		}
		at := 0
		err = db.Scan(t.Context(), "select "+duck.Ident(table.Source["one"])+", "+duck.Ident(table.Source["two"])+", "+duck.Ident(table.Source["three"])+" from "+readCSV(table), func(scan func(...any) error) error {
			var got [3]sql.NullString
			if err := scan(&got[0], &got[1], &got[2]); err != nil {
				return err
			}
			for i := range got {
				if got[i].String != rows[at][i] || got[i].Valid != (rows[at][i] != "") {
					t.Errorf("round %d, row %d: %q (%t), want %q, copy %t\n%q", round, at, got[i].String, got[i].Valid, rows[at][i], table.Canonical, b.String())
				}
			}
			at++
			return nil
		})
		if err != nil || at != len(rows) {
			t.Fatalf("round %d: %d rows of %d: %v\n%q", round, at, len(rows), err, b.String())
		}
	}
	if copies < 20 || straight < 20 {
		t.Errorf("%d copies and %d files read in place: one way is hardly tried", copies, straight)
	}
}

// TestBigFilesKeepEveryRow: DuckDB cuts big files into pieces; a row on a cut must not be lost.
func TestBigFilesKeepEveryRow(t *testing.T) {
	db, err := duck.Open(t.Context(), duck.Options{Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	for _, newline := range []string{"\n", "\r\n", "\r"} {
		var b strings.Builder
		b.WriteString("id\tusd" + newline)
		const rows = 900_000
		for i := range rows {
			fmt.Fprintf(&b, "%d\t0.%012d%s", i, i, newline)
		}
		path := filepath.Join(t.TempDir(), "big.tsv")
		if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		spec := read.Spec{Format: "csv", Money: "usd", Columns: []read.Column{{Names: []string{"id"}}, {Names: []string{"usd"}}}}
		table, err := read.Prepare(t.Context(), read.Member{Name: "big.tsv", Path: path}, spec, t.TempDir(), read.Limits{})
		if err != nil || table.Canonical || table.Records != rows {
			t.Fatalf("%q: %d records, copy %t: %v", newline, table.Records, table.Canonical, err)
		}
		var count, distinct int64
		var sum string
		if err := db.One(t.Context(), "select count(*), count(distinct c0), sum(c1::decimal(18,12))::decimal(38,18)::varchar from "+readCSV(table), &count, &distinct, &sum); err != nil {
			t.Fatal(err)
		}
		if count != rows || distinct != rows || sum != table.MoneyText() {
			t.Errorf("%q: %d rows, %d of them different, %s; the reader counted %d and %s", newline, count, distinct, sum, table.Records, table.MoneyText())
		}
	}
}
