package build

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"bedrot/sql/duck"
	"bedrot/sql/script"
	"bedrot/zones"
)

// plainMoney is what the reader counts as an amount; the same pattern decides here, so that the two
// sums are of the same rows.
const plainMoney = `[+-]?\d{1,20}(\.\d{1,18})?`

func moneySum(column string) string {
	if column == "" {
		return "null::varchar"
	}
	c := duck.Ident(column)
	return "coalesce(sum(case when regexp_full_match(trim(" + c + "), '" + plainMoney + "') then trim(" + c + ")::decimal(38, 18) end), 0)::varchar"
}

// measureRaw reads the finished raw file once: how many rows and how much money were accepted and
// rejected, and what each partition holds.
func (r *run) measureRaw(ctx context.Context, s *script.Script, members []landed, d *derived) error {
	if s.Header.Money != "" {
		d.Money = &money{In: "0", Accepted: "0", Rejected: "0"}
		for _, m := range members {
			d.Money.In = addDecimals(d.Money.In, m.table.MoneyText())
		}
	}
	rows, err := r.measureParts(ctx, s, d)
	if err != nil {
		return err
	}
	if rows != d.Records {
		return differ("DuckDB wrote %d rows where the reader counted %d records", rows, d.Records)
	}
	const from = " from read_parquet($1, file_row_number = true)"
	if err := r.measureReasons(ctx, d, from); err != nil {
		return err
	}
	return r.measureIdentity(ctx, s, d, from)
}

// measureIdentity notes whose account the file says it is of.
func (r *run) measureIdentity(ctx context.Context, s *script.Script, d *derived, from string) error {
	if s.Header.Identity == "" {
		return nil
	}
	column := duck.Ident(s.Header.Identity)
	return r.DB.Scan(ctx, "select distinct "+column+from+" where reject_reason is null and "+column+" is not null order by all", func(scan func(...any) error) error {
		var value string
		err := scan(&value)
		d.Identity = append(d.Identity, value)
		return err
	}, d.File)
}

func (r *run) measureReasons(ctx context.Context, d *derived, from string) error {
	if d.Rejected == 0 {
		return nil
	}
	return r.DB.Scan(ctx, "select reject_reason, count(*), array_to_string(list_slice(list(file_row_number order by file_row_number), 1, 5), ' ')"+from+
		" where reject_reason is not null group by all order by 2 desc, 1", func(scan func(...any) error) error {
		var reason rejected
		var first string
		if err := scan(&reason.Reason, &reason.Rows, &first); err != nil {
			return err
		}
		for _, text := range strings.Fields(first) {
			var row int64
			if _, err := fmt.Sscan(text, &row); err != nil {
				return err
			}
			reason.First = append(reason.First, row)
		}
		d.Reasons = append(d.Reasons, reason)
		return nil
	}, d.File)
}

// measureParts returns how many rows the file has, rejected ones too; those own no partition.
func (r *run) measureParts(ctx context.Context, s *script.Script, d *derived) (rows int64, err error) {
	columns := []string{"*", "reject_reason is not null as rejected"}
	var values, parts []string
	for i, name := range s.Header.Partition {
		part := fmt.Sprintf("part_%d", i)
		columns = append(columns, "case when reject_reason is null then "+duck.Ident(name)+" end as "+part)
		values, parts = append(values, part+"::varchar"), append(parts, part)
	}
	untold := "false"
	if s.Header.Untold != "" {
		untold = "coalesce(bool_and(" + duck.Ident(s.Header.Untold) + "), false)"
	}
	query := "select _start, rejected, [" + strings.Join(values, ", ") + "], count(*), " + fingerprint(s.Told()) + ", " + moneySum(s.Header.Money) + ", " + untold +
		" from (select " + strings.Join(columns, ", ") + " from read_parquet($1)) group by _start, rejected, " + strings.Join(parts, ", ") + " order by all"
	starts := map[int64]int{}
	for i, m := range d.Members {
		if m.Records > 0 {
			starts[m.Start] = i
		}
	}
	err = r.DB.Scan(ctx, query, func(scan func(...any) error) error {
		var part rawPart
		var start int64
		var isRejected bool
		var list []any
		var amount sql.NullString
		if err := scan(&start, &isRejected, &list, &part.Rows, &part.Fingerprint, &amount, &part.Untold); err != nil {
			return err
		}
		rows += part.Rows
		if isRejected {
			d.Rejected += part.Rows
			if d.Money != nil {
				d.Money.Rejected = addDecimals(d.Money.Rejected, amount.String)
			}
			return nil
		}
		if d.Money != nil {
			d.Money.Accepted = addDecimals(d.Money.Accepted, amount.String)
		}
		for _, value := range list {
			part.Values = append(part.Values, fmt.Sprint(value))
		}
		part.File, part.Key, part.Money = starts[start], zones.PartKey(part.Values), amount.String
		d.Parts = append(d.Parts, part)
		return nil
	}, d.File)
	if s.Header.Pages == "" {
		d.Parts = append(d.Parts, gapDays(s, d.Parts)...)
	}
	return rows, err
}

// fingerprint is an order-insensitive checksum of a multiset of rows.
func fingerprint(columns []string) string {
	return "sum(hash(" + duck.Idents(columns) + ")::hugeint)::varchar"
}

// gapDays are the days a drop owns without having rows for them: those between its first and last day
// of one combination of the other partition values. So a day that vanished from a newer export vanishes.
func gapDays(s *script.Script, parts []rawPart) []rawPart {
	date, month := -1, -1
	for i, name := range s.Header.Partition {
		if column, _ := s.Column(name); column.Type == "DATE" {
			date = i
		}
		if name == "month" {
			month = i
		}
	}
	if date < 0 {
		return nil
	}
	type span struct {
		days  map[string]bool
		first rawPart
		lo    string
		hi    string
	}
	spans := map[string]*span{}
	for _, part := range parts {
		others := slices.Clone(part.Values)
		others[date] = ""
		if month >= 0 {
			others[month] = ""
		}
		key := fmt.Sprint(part.File) + "\x00" + zones.PartKey(others)
		day := part.Values[date]
		if spans[key] == nil {
			spans[key] = &span{days: map[string]bool{}, first: part, lo: day, hi: day}
		}
		sp := spans[key]
		sp.days[day], sp.lo, sp.hi = true, min(sp.lo, day), max(sp.hi, day)
	}
	var gaps []rawPart
	for _, sp := range spans {
		lo, errLo := time.Parse(time.DateOnly, sp.lo)
		hi, errHi := time.Parse(time.DateOnly, sp.hi)
		if errLo != nil || errHi != nil {
			continue
		}
		for day := lo; !day.After(hi); day = day.AddDate(0, 0, 1) {
			text := day.Format(time.DateOnly)
			if sp.days[text] {
				continue
			}
			values := slices.Clone(sp.first.Values)
			values[date] = text
			if month >= 0 {
				values[month] = text[:7]
			}
			gaps = append(gaps, rawPart{Key: zones.PartKey(values), Values: values, File: sp.first.File})
		}
	}
	slices.SortFunc(gaps, func(a, b rawPart) int { return compare(a.Key, b.Key) })
	return gaps
}

func differ(format string, args ...any) error { return &mismatch{fmt.Sprintf(format, args...)} }

// reconcile asserts money in = money accepted + money rejected, to the last decimal.
func (d *derived) reconcile() error {
	if d.Money == nil {
		return nil
	}
	if out := addDecimals(d.Money.Accepted, d.Money.Rejected); !equalDecimals(d.Money.In, out) {
		return differ("money does not add up: the reader summed %s, DuckDB %s accepted + %s rejected", d.Money.In, d.Money.Accepted, d.Money.Rejected)
	}
	return nil
}
