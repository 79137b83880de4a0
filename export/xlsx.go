package export

import (
	"errors"
	"fmt"
	"io"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"bedrot/sql/query"
)

// sheetRows is how many rows a sheet can hold, its header included.
const sheetRows = 1_048_576

// xlsxWriter writes one sheet for each statement: numbers as numbers, dates as dates, everything else
// as text, so that an ISRC or a UPC keeps what it is.
type xlsxWriter struct {
	out     io.Writer
	book    *excelize.File
	sheet   *excelize.StreamWriter
	columns []query.Column
	sheets  int
	row     int
	date    int // style
	moment  int // style
}

// newXLSX keeps what does not fit into memory in the scratch folder.
func newXLSX(out io.Writer, scratch string) (*xlsxWriter, error) {
	w := &xlsxWriter{out: out, book: excelize.NewFile(excelize.Options{TmpDir: scratch})}
	var err, also error
	day, second := "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"
	w.date, err = w.book.NewStyle(&excelize.Style{CustomNumFmt: &day})
	w.moment, also = w.book.NewStyle(&excelize.Style{CustomNumFmt: &second})
	return w, errors.Join(err, also)
}

func (w *xlsxWriter) Columns(columns []query.Column) (err error) {
	w.sheets++
	name := "Sheet" + strconv.Itoa(w.sheets)
	if w.sheets > 1 {
		if _, err := w.book.NewSheet(name); err != nil {
			return err
		}
	}
	if w.sheet, err = w.book.NewStreamWriter(name); err != nil {
		return err
	}
	w.columns, w.row = columns, 0
	header := make([]any, len(columns))
	for i, column := range columns {
		header[i] = harmless(column.Name)
	}
	return w.write(header)
}

func (w *xlsxWriter) Row(cells []query.Cell) error {
	values := make([]any, len(cells))
	for i, cell := range cells {
		values[i] = w.value(w.columns[i], cell)
	}
	return w.write(values)
}

func (w *xlsxWriter) write(values []any) error {
	if w.row++; w.row > sheetRows {
		return fmt.Errorf("a sheet holds %d rows and the answer has more: ask for less, or -o parquet", sheetRows)
	}
	return w.sheet.SetRow("A"+strconv.Itoa(w.row), values)
}

// value is a cell as Excel should have it. A number of more than 15 digits would be rounded by
// Excel: unless it is a fraction, it is an id, and stays text.
func (w *xlsxWriter) value(column query.Column, cell query.Cell) any {
	switch {
	case cell.Null:
		return nil
	case column.Type == "BOOLEAN":
		return cell.Text == "true"
	case column.Type == "DATE":
		if at, err := time.Parse(time.DateOnly, cell.Text); err == nil {
			return excelize.Cell{StyleID: w.date, Value: at}
		}
	case strings.HasPrefix(column.Type, "TIMESTAMP"):
		if at, err := time.Parse("2006-01-02 15:04:05", cell.Text); err == nil {
			return excelize.Cell{StyleID: w.moment, Value: at}
		}
	case column.Numeric():
		if whole, ok := new(big.Int).SetString(cell.Text, 10); ok && len(whole.Text(10)) > 15 {
			return cell.Text
		}
		if number, err := strconv.ParseFloat(cell.Text, 64); err == nil {
			return number
		}
	}
	return harmless(cell.Text)
}

func (w *xlsxWriter) End() error { return w.sheet.Flush() }

// Close writes the workbook once every statement has been answered.
func (w *xlsxWriter) Close() error {
	if _, err := w.book.WriteTo(w.out); err != nil {
		return err
	}
	return w.book.Close()
}

// harmless puts an apostrophe before text that a spreadsheet would take for a formula (the list is
// OWASP's for CSV injection, with the full-width forms). Plain numbers are none.
func harmless(text string) string {
	if text == "" || !strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(text)[0]) {
		return text
	}
	if _, err := strconv.ParseFloat(text, 64); err == nil && strings.Trim(text, "-0123456789.") == "" {
		return text
	}
	return "'" + text
}
