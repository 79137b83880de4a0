package read

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

// prepareSheet reads the first sheet of a workbook that has the stream's header. Cells are taken as
// they are stored, so that a number keeps its digits; dates become ISO dates.
func prepareSheet(ctx context.Context, m Member, spec Spec, scratch string, limits Limits) (t Table, err error) {
	book, err := excelize.OpenFile(m.Path, excelize.Options{UnzipSizeLimit: limits.MaxExpandedBytes, UnzipXMLSizeLimit: 64 << 20, TmpDir: scratch})
	if err != nil {
		return t, reject("archive", "the workbook cannot be read: %v", err)
	}
	defer func() { err = errors.Join(err, book.Close()) }()
	sheets, err := sheetsOf(book)
	if err != nil {
		return t, err
	}
	at, missing := spec.findSheet(sheets)
	if at == nil {
		return t, reject("columns", "no sheet has the columns %s", strings.Join(quoteAll(missing), ", "))
	}
	if err := spec.private(spec.refused(at.header.names)); err != nil {
		return t, err
	}
	t, err = copySheet(ctx, book, at.name, m, spec, at.header, scratch)
	t.Labels = spec.around(at.lines, at.header)
	return t, err
}

// foundSheet is the sheet of a workbook that is the table.
type foundSheet struct {
	name   string
	header *header
	lines  []string
}

// sheet is a sheet's name and its first lines.
type sheet struct {
	name string
	head [][]string
}

func sheetsOf(book *excelize.File) (sheets []sheet, err error) {
	for _, name := range book.GetSheetList() {
		head, err := sheetHead(book, name)
		if err != nil {
			return nil, err
		}
		sheets = append(sheets, sheet{name, head})
	}
	return sheets, nil
}

// findSheet chooses among the sheets with the header the one with most of the columns and fewest blank
// ones: some exports put a sheet for the eye before the one with the data.
func (s Spec) findSheet(sheets []sheet) (best *foundSheet, nearest []string) {
	score := 0
	for _, one := range sheets {
		at, missing := s.locateCells(one.head)
		if at == nil {
			if nearest == nil || len(missing) < len(nearest) {
				nearest = missing
			}
			continue
		}
		own := at.matched
		for _, name := range at.names {
			if key(name) == "" {
				own--
			}
		}
		if best == nil || own > score {
			best, score = &foundSheet{name: one.name, header: at}, own
			for _, row := range one.head {
				best.lines = append(best.lines, strings.Join(row, ","))
			}
		}
	}
	return best, nearest
}

func (s Spec) locateCells(lines [][]string) (*header, []string) {
	var nearest []string
	best, declared := -1, s.declared()
	for i, cells := range lines {
		h := declared.assign(cells, ",", false)
		missing := s.missing(h)
		if len(missing) == 0 {
			h.line = i
			return h, nil
		}
		if h.matched > best {
			best, nearest = h.matched, missing
		}
	}
	return nil, nearest
}

func sheetHead(book *excelize.File, sheet string) (lines [][]string, err error) {
	rows, err := book.Rows(sheet)
	if err != nil {
		return nil, reject("archive", "sheet %q cannot be read: %v", sheet, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() && len(lines) < headerLines {
		cells, err := rows.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return nil, reject("archive", "sheet %q cannot be read: %v", sheet, err)
		}
		lines = append(lines, cells)
	}
	return lines, nil
}

func copySheet(ctx context.Context, book *excelize.File, sheet string, m Member, spec Spec, h *header, scratch string) (t Table, err error) {
	t = Table{Member: m, Fields: h.fields, Source: h.source, Extra: h.extra, Layout: Layout{Encoding: UTF8, HeaderLine: h.line + 1}}
	out, err := newCanonical(scratch, len(h.fields))
	if err != nil {
		return t, err
	}
	money, last := t.index(spec.Money), t.index(spec.Last)
	err = eachSheetRow(ctx, book, sheet, h, func(_ int, cells []string) error {
		problem := ""
		if len(cells) > len(h.fields) {
			problem = fmt.Sprintf("%d cells where %d are expected", len(cells), len(h.fields))
		}
		if money >= 0 && money < len(cells) && problem == "" {
			t.money.Add([]byte(cells[money]))
		}
		if last >= 0 && last < len(cells) && problem == "" {
			t.Last = cells[last]
		}
		return out.write(cells, problem)
	})
	if err != nil {
		return t, errors.Join(err, out.discard())
	}
	return t, out.finish(&t, spec)
}

// eachSheetRow hands out the rows below the header; rows without any value are none.
func eachSheetRow(ctx context.Context, book *excelize.File, sheet string, h *header, each func(row int, cells []string) error) (err error) {
	rows, err := book.Rows(sheet)
	if err != nil {
		return reject("archive", "sheet %q cannot be read: %v", sheet, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	dates := map[int]bool{}
	for row := 0; rows.Next(); row++ {
		cells, err := rows.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return reject("archive", "sheet %q cannot be read: %v", sheet, err)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if row <= h.line || strings.Join(cells, "") == "" {
			continue
		}
		if row == h.line+1 {
			dates = dateColumns(book, sheet, row+1, len(cells))
		}
		for i := range cells {
			if dates[i] {
				cells[i] = isoDate(cells[i])
			}
		}
		if err := each(row+1, cells); err != nil {
			return err
		}
	}
	return nil
}

// dateColumns are the columns whose first value is shown as a date.
func dateColumns(book *excelize.File, sheet string, row, columns int) map[int]bool {
	dates := map[int]bool{}
	for i := range columns {
		cell, err := excelize.CoordinatesToCellName(i+1, row)
		if err != nil {
			continue
		}
		kind, err := book.GetCellType(sheet, cell)
		if err == nil && kind == excelize.CellTypeDate {
			dates[i] = true
			continue
		}
		id, err := book.GetCellStyle(sheet, cell)
		if err != nil {
			continue
		}
		style, err := book.GetStyle(id)
		if err != nil {
			continue
		}
		custom := style.CustomNumFmt != nil && strings.Contains(strings.ToLower(*style.CustomNumFmt), "yy")
		dates[i] = style.NumFmt >= 14 && style.NumFmt <= 17 || style.NumFmt == 22 || custom
	}
	return dates
}

// isoDate turns a day number into a date; what is no number stays.
func isoDate(text string) string {
	var number float64
	if _, err := fmt.Sscanf(text, "%f", &number); err != nil || strings.Contains(text, "-") || strings.Contains(text, "/") {
		return text
	}
	at, err := excelize.ExcelDateToTime(number, false)
	if err != nil {
		return text
	}
	if at.Hour() == 0 && at.Minute() == 0 && at.Second() == 0 {
		return at.Format(time.DateOnly)
	}
	return at.Format(time.DateTime)
}
